/* Watches where inotify is blind: other names of a file, limits, file systems of other machines. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "parts/watch.h"
#include "tmpdir.h"

#ifdef HAVE_INOTIFY_INIT1
#include <sys/inotify.h>
#include <sys/vfs.h>

/* These stand in for the C library's, and fail as the kernel would. */
static int no_watches, no_instances;
static const char *remote;

int inotify_init1(int flags)
{
	if (no_instances) {
		errno = EMFILE;
		return -1;
	}
	return (int)syscall(SYS_inotify_init1, flags);
}

int inotify_add_watch(int fd, const char *path, uint32_t mask)
{
	if (no_watches) {
		errno = ENOSPC;
		return -1;
	}
	return (int)syscall(SYS_inotify_add_watch, fd, path, mask);
}

int statfs(const char *path, struct statfs *fs)
{
	int r = (int)syscall(SYS_statfs, path, fs);

	if (r == 0 && remote && strstr(path, remote))
		fs->f_type = 0x6969;
	return r;
}
#endif

static void overwrite(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_TRUNC | O_CREAT, 0666);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

struct place {
	const char *dir, *gomod, *sub, *source, *other;
};

/* Each in a directory of its own. */
static void place_init(struct place *p)
{
	static int n;

	p->dir = tmp_path(arena_fmt(&tmp_arena, "place%d", n++));
	p->gomod = arena_fmt(&tmp_arena, "%s/p/go.mod", p->dir);
	p->sub = arena_fmt(&tmp_arena, "%s/p/sub", p->dir);
	p->source = arena_fmt(&tmp_arena, "%s/p/sub/a.go", p->dir);
	p->other = arena_fmt(&tmp_arena, "%s/other", p->dir);
	assert_true(fs_mkdir_all(p->sub, NULL));
	overwrite(p->gomod, "module m\n");
	overwrite(p->source, "package a\n");
}

static struct watch *watch_place(const struct place *p, bool polling)
{
	struct watch *w = watch_new(polling);

	watch_begin(w);
	assert_true(watch_add(w, p->gomod, 1));
	assert_true(watch_add_dir(w, p->sub, 2));
	watch_end(w);
	return w;
}

/* Until all entries have been looked at. */
static unsigned see(struct watch *w)
{
	unsigned tags = watch_take(w);

	for (int i = 0; i < 100; i++) {
		tags |= watch_look(w);
		if (watch_interval(w) >= 500)
			return tags;
	}
	fail_msg("no end of looking");
	return tags;
}

/* A link to the file, and a second name of it: events are told only of the name that is used. */
static void test_other_names(void **state)
{
	struct place p;
	struct watch *w;

	(void)state;
	place_init(&p);
	assert_int_equal(rename(p.gomod, p.other), 0);
	assert_int_equal(symlink("../other", p.gomod), 0);
	w = watch_place(&p, false);
	assert_int_equal(see(w), 0);
	overwrite(p.other, "module longer\n");
	assert_int_equal(see(w), 1);
	assert_int_equal(see(w), 0);
	assert_int_equal(unlink(p.gomod), 0);
	assert_int_equal(link(p.other, p.gomod), 0);
	assert_int_equal(see(w), 1);
	overwrite(p.other, "module longer again\n");
	assert_int_equal(see(w), 1);
	assert_int_equal(see(w), 0);
	watch_free(w);
}

/* As editors save: in place, by a rename of the new file, of the old one, of both. */
static void save(const struct place *p, int how, const char *text)
{
	const char *new = arena_fmt(&tmp_arena, "%s/p/.go.mod.swp", p->dir),
		   *old = arena_fmt(&tmp_arena, "%s~", p->gomod);

	unlink(old);
	if (how == 1 || how == 3)
		overwrite(new, text);
	if (how == 2 || how == 3)
		assert_int_equal(rename(p->gomod, old), 0);
	if (how == 4)
		assert_int_equal(unlink(p->gomod), 0);
	if (how == 1 || how == 3)
		assert_int_equal(rename(new, p->gomod), 0);
	else
		overwrite(p->gomod, text);
}

static void test_editors(void **state)
{
	(void)state;
	for (int polling = 0; polling < 2; polling++) {
		struct place p;
		struct watch *w;

		place_init(&p);
		w = watch_place(&p, polling);
		for (int how = 0; how < 5; how++) {
			const char *text = arena_fmt(&tmp_arena, "module m%.*s\n", how + 1,
						     "xxxxxxx");

			save(&p, how, text);
			assert_int_equal(see(w), 1);
			assert_int_equal(see(w), 0);
		}
		watch_free(w);
	}
}

/* The project is a link, and the link another one. */
static void test_linked_project(void **state)
{
	struct place p, q;
	struct watch *w;
	const char *name;

	(void)state;
	place_init(&p);
	place_init(&q);
	name = arena_fmt(&tmp_arena, "%s/link", p.dir);
	assert_int_equal(symlink("p", name), 0);
	p.gomod = arena_fmt(&tmp_arena, "%s/link/go.mod", p.dir);
	w = watch_place(&p, false);
	assert_int_equal(see(w), 0);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(see(w), 1);
	assert_int_equal(symlink(q.dir, name), 0);
	p.gomod = arena_fmt(&tmp_arena, "%s/link/go.mod", p.dir);
	overwrite(p.gomod, "module q\n");
	assert_int_equal(see(w), 1);
	assert_int_equal(see(w), 0);
	overwrite(p.gomod, "module q2\n");
	assert_int_equal(see(w), 1);
	watch_free(w);
}

/* Everything is noticed by looking alone, writes to the files of a directory among them. */
static void check_looking(const struct place *p, struct watch *w)
{
	static int n;
	const char *text = arena_fmt(&tmp_arena, "package a // %0*d\n", ++n, 0);

	assert_int_equal(see(w), 0);
	overwrite(p->gomod, text); /* never of the same size: the clock of times is coarse */
	assert_int_equal(see(w), 1);
	overwrite(p->source, text);
	assert_int_equal(see(w), 2);
	assert_int_equal(see(w), 0);
	assert_int_equal(unlink(p->source), 0);
	assert_int_equal(see(w), 2);
	overwrite(p->source, "package a\n");
	assert_int_equal(see(w), 2);
	assert_int_equal(see(w), 0);
}

static void test_polling(void **state)
{
	struct place p;
	struct watch *w;

	(void)state;
	place_init(&p);
	w = watch_place(&p, true);
	assert_int_equal(watch_polled(w, WATCH_NO_INOTIFY), 2);
	check_looking(&p, w);
	watch_free(w);
}

#ifdef HAVE_INOTIFY_INIT1
static void test_limits(void **state)
{
	struct place p;
	struct watch *w;

	(void)state;
	place_init(&p);
	no_watches = 1;
	w = watch_place(&p, false);
	assert_int_equal(watch_polled(w, WATCH_NO_WATCHES), 2);
	check_looking(&p, w);
	no_watches = 0; /* others are free again */
	see(w);
	assert_int_equal(watch_polled(w, WATCH_NO_WATCHES), 0);
	check_looking(&p, w);
	watch_free(w);
	no_instances = 1;
	w = watch_place(&p, false);
	no_instances = 0;
	assert_int_equal(watch_fd(w), -1);
	assert_int_equal(watch_polled(w, WATCH_NO_INOTIFY), 2);
	check_looking(&p, w);
	watch_free(w);
}

static void test_remote(void **state)
{
	struct place p;
	struct watch *w;
	const char *moved;

	(void)state;
	place_init(&p);
	remote = p.dir;
	w = watch_place(&p, false);
	assert_int_equal(watch_polled(w, WATCH_REMOTE), 2);
	check_looking(&p, w);
	remote = NULL; /* unmounted: below is a local directory */
	moved = arena_fmt(&tmp_arena, "%s/moved", p.dir);
	assert_int_equal(rename(p.sub, moved), 0);
	assert_int_equal(mkdir(p.sub, 0777), 0);
	assert_int_equal(see(w), 2);
	assert_int_equal(watch_polled(w, WATCH_REMOTE), 0);
	overwrite(p.source, "package b\n");
	assert_int_equal(see(w), 2);
	assert_int_equal(see(w), 0);
	watch_free(w);
}
#endif

/* More than one look takes, since a key may have to wait for it: each is looked at within a round. */
static void test_many(void **state)
{
	enum { N = 3000 };
	struct place p;
	struct watch *w;
	int rounds = 0;

	(void)state;
	place_init(&p);
	w = watch_new(true);
	watch_begin(w);
	for (int i = 0; i < N; i++) {
		const char *name = arena_fmt(&tmp_arena, "%s/p/f%d", p.dir, i);

		assert_true(watch_add(w, name, i == N - 1 ? 4 : 1));
	}
	watch_end(w);
	assert_int_equal(watch_look(w), 0);
	assert_true(watch_interval(w) < 100);
	see(w);
	overwrite(arena_fmt(&tmp_arena, "%s/p/f2999", p.dir), "x");
	for (unsigned tags = 0; !tags; rounds++)
		tags = watch_look(w);
	assert_in_range(rounds, N / 80, N / 50);
	see(w);
	assert_in_range(watch_interval(w), 500, 1500);
	assert_int_equal(watch_look(w), 0);
	overwrite(arena_fmt(&tmp_arena, "%s/p/f0", p.dir), "x");
	overwrite(arena_fmt(&tmp_arena, "%s/p/f2999", p.dir), "xy");
	assert_int_equal(watch_look_all(w), 5);
	assert_int_equal(watch_look_all(w), 0);
	for (size_t i = 0; watch_add(w, "x", 1); i++) {
		const char *name = arena_fmt(&tmp_arena, "%s/q%zu", p.dir, i);

		assert_true(i <= WATCH_MAX);
		if (!watch_add(w, name, 1))
			break;
	}
	assert_true(watch_full(w));
	watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_other_names),    cmocka_unit_test(test_editors),
		cmocka_unit_test(test_linked_project), cmocka_unit_test(test_polling),
#ifdef HAVE_INOTIFY_INIT1
		cmocka_unit_test(test_limits),	       cmocka_unit_test(test_remote),
#endif
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
