/*
 * Moves and swaps of files, trees and links, by renames and across mounts, where each call fails once: what has not been touched is as
 * before, and what has been moved is complete, with its modes and times.
 */
#include "tmpdir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "change/relocate.h"
#include "change/relocate_copy.h"
#include "fault/shim.h"

#define OLD_TIME ((time_t)1000000000)

enum kind { A_FILE, A_TREE, A_LINK, A_FIFO };

static void age(const char *name)
{
	const struct timespec times[2] = { { OLD_TIME, 5 }, { OLD_TIME, 7 } };

	assert_int_equal(utimensat(AT_FDCWD, tmp_path(name), times, AT_SYMLINK_NOFOLLOW), 0);
}

static void put(const char *name, enum kind kind, const char *text)
{
	switch (kind) {
	case A_FILE: tmp_write(name, text); break;
	case A_LINK: assert_int_equal(symlink(text, tmp_path(name)), 0); break;
	case A_FIFO: assert_int_equal(mkfifo(tmp_path(name), 0640), 0); break;
	case A_TREE:
		tmp_mkdir(arena_fmt(&tmp_arena, "%s/sub", name));
		tmp_write(arena_fmt(&tmp_arena, "%s/sub/f", name), text);
		assert_int_equal(symlink("sub/f", tmp_path(arena_fmt(&tmp_arena, "%s/l", name))),
				 0);
		assert_int_equal(chmod(tmp_path(arena_fmt(&tmp_arena, "%s/sub/f", name)), 0444), 0);
		assert_int_equal(chmod(tmp_path(arena_fmt(&tmp_arena, "%s/sub", name)), 0555), 0);
		assert_int_equal(chmod(tmp_path(name), 0555), 0);
	}
	age(name);
}

static void reset(void)
{
	shim_mount(NULL);
	assert_true(fs_remove_all(tmp_path("w"), NULL));
	tmp_mkdir("w/here");
	tmp_mkdir("w/there");
}

/* "" if nothing is there. */
static const char *tree(const char *name)
{
	struct stat st;

	if (lstat(tmp_path(name), &st))
		return "";
	if (S_ISFIFO(st.st_mode))
		return arena_fmt(&tmp_arena, "fifo %o", st.st_mode);
	if (!S_ISDIR(st.st_mode)) {
		char target[64] = "";
		const char *text = S_ISLNK(st.st_mode) ? target : tmp_read(name);

		if (S_ISLNK(st.st_mode))
			assert_true(readlink(tmp_path(name), target, sizeof(target) - 1) > 0);
		return arena_fmt(&tmp_arena, "%o %ld %s", st.st_mode, (long)st.st_mtime, text);
	}
	return arena_fmt(&tmp_arena, "%o %ld\n%s", st.st_mode, (long)st.st_mtime, tmp_tree(name));
}

/* Nothing but these names is in the folders. */
static void assert_names(const char *dir, const char *const *names)
{
	struct fs_dirent *entries;
	size_t n;

	assert_true(fs_list(&tmp_arena, tmp_path(dir), 100, &entries, &n, NULL));
	for (size_t i = 0; i < n; i++) {
		bool known = false;

		for (size_t k = 0; names[k]; k++)
			known |= str_eq(names[k], entries[i].name);
		if (!known)
			fail_msg("%s/%s is left", dir, entries[i].name);
	}
}

#define RECORD SIZE_MAX

static size_t n_places, n_failed;

static void arm(size_t i)
{
	if (i == RECORD)
		shim_record(tmp_path("w"));
	else
		shim_arm(tmp_path("w"), i);
}

static const char *disarm(size_t i)
{
	const char *failed = shim_disarm();

	if (i == RECORD)
		n_places = shim_recorded();
	n_failed += failed != NULL;
	return failed;
}

static struct relocate with_mark(bool mark)
{
	return (struct relocate){ .mark = mark ? tmp_path("w/here/mark") : "" };
}

static void check_move(const struct relocate *r, const char *was, bool ok, const char *failed)
{
	static const char *const here[] = { "x", "mark", NULL }, *const there[] = { "y", NULL };

	if (ok ||
	    (!ok && r->touched)) { /* touched: the copy is complete, and x may be incomplete */
		assert_string_equal(tree("w/there/y"), was);
	} else {
		assert_string_equal(tree("w/here/x"), was);
	}
	if (ok)
		assert_string_equal(tree("w/here/x"), "");
	if (ok && *tree("w/here/mark"))
		fail_msg("the mark is left after %s", failed ? failed : "nothing");
	assert_names("w/here", here);
	if (!failed || !str_has_prefix(failed, "unlink"))
		assert_names("w/there", there);
}

static void move_once(enum kind kind, bool mount, size_t i)
{
	struct relocate r = with_mark(kind == A_TREE);
	struct err e = ERR_INIT;
	const char *failed, *was;
	bool ok;

	reset();
	put("w/here/x", kind, "text");
	was = tree("w/here/x");
	shim_mount(mount ? tmp_path("w/there") : NULL);
	arm(i);
	ok = relocate_move(&r, tmp_path("w/here/x"), tmp_path("w/there/y"), &e);
	failed = disarm(i);
	if (!failed && !(ok && r.touched))
		fail_msg("%s", e.text);
	assert_true(ok != err_is_set(&e));
	check_move(&r, was, ok, failed);
	err_release(&e);
}

static void try_moves(enum kind kind, bool mount)
{
	size_t i = RECORD, tried = 0;

	n_failed = 0;
	do { /* from one place in the code: what leads to a call is a part of the call's place */
		move_once(kind, mount, i++);
		tried++;
	} while (i < n_places);
	if (shim_works())
		assert_in_range(n_failed, tried / 2, tried);
}

static void test_moves(void **state)
{
	(void)state;
	for (enum kind kind = A_FILE; kind <= A_FIFO; kind++)
		for (int mount = 0; mount < 2; mount++)
			try_moves(kind, mount);
}

/* What was there is whole at from or aside, unless the swap was not begun, or a tree was being cleared: then its copy is. */
static void check_swap(const struct relocate *r, const char *old, const char *new, bool ok)
{
	bool kept = str_eq(tree("w/there/from"), old) || str_eq(tree("w/there/aside"), old);

	if (ok) {
		assert_string_equal(tree("w/here/x"), new);
		assert_true(kept);
		assert_string_equal(tree("w/here/mark"), "");
	} else if (!r->touched) {
		assert_string_equal(tree("w/here/x"), old);
	} else {
		assert_true(kept || str_eq(tree("w/here/x"), old));
	}
}

static void swap_once(enum kind old_kind, enum kind new_kind, bool mount, size_t i)
{
	struct relocate r = with_mark(true);
	struct err e = ERR_INIT;
	const char *old, *new, *failed;
	bool ok;

	reset();
	put("w/here/x", old_kind, "old");
	put("w/there/from", new_kind, "new");
	old = tree("w/here/x");
	new = tree("w/there/from");
	shim_mount(mount ? tmp_path("w/there") : NULL);
	arm(i);
	ok = relocate_swap(&r, tmp_path("w/here/x"), tmp_path("w/there/from"),
			   tmp_path("w/there/aside"), &e);
	failed = disarm(i);
	if (!failed && !(ok && r.touched))
		fail_msg("%s", e.text);
	assert_true(ok != err_is_set(&e));
	check_swap(&r, old, new, ok);
	err_release(&e);
}

static void try_swaps(enum kind old, enum kind new, bool mount)
{
	size_t i = RECORD, tried = 0;

	n_failed = 0;
	do { /* from one place in the code: what leads to a call is a part of the call's place */
		swap_once(old, new, mount, i++);
		tried++;
	} while (i < n_places);
	if (shim_works())
		assert_in_range(n_failed, tried / 2, tried);
}

static void test_swaps(void **state)
{
	(void)state;
	for (enum kind old = A_FILE; old <= A_LINK; old++)
		for (enum kind new = A_FILE; new <= A_LINK; new ++)
			for (int mount = 0; mount < 2; mount++)
				try_swaps(old, new, mount);
}

/* To users other than root a directory that they may not write to cannot be moved: it is made writable for it, and then has its mode again. */
static void test_denied(void **state)
{
	(void)state;
	shim_errno(EACCES);
	try_moves(A_FILE, false);
	try_moves(A_TREE, false);
	try_swaps(A_TREE, A_TREE, false);
	try_swaps(A_TREE, A_FILE, false);
	try_swaps(A_FILE, A_TREE, false);
	shim_errno(0);
}

/* Where names cannot be exchanged, as on some file systems: every exchange fails, then every rename. */
static void test_no_exchange(void **state)
{
	struct relocate r = { .mark = "" };
	struct err e = ERR_INIT;

	(void)state;
	if (!shim_works())
		skip();
	reset();
	put("w/here/x", A_TREE, "old");
	put("w/there/from", A_TREE, "new");
	shim_arm_all(tmp_path("w"), "rename");
	assert_false(relocate_swap(&r, tmp_path("w/here/x"), tmp_path("w/there/from"),
				   tmp_path("w/there/aside"), &e));
	assert_non_null(shim_disarm());
	assert_int_equal(e.code, ERR_SYS);
	assert_string_equal(tmp_read("w/here/x/sub/f"), "old");
	assert_string_equal(tmp_read("w/there/from/sub/f"), "new");
	err_release(&e);
}

static void test_can_rename(void **state)
{
	(void)state;
	if (!shim_works())
		skip();
	reset();
	assert_true(relocate_can_rename(tmp_path("w/here"), tmp_path("w/there")));
	shim_mount(tmp_path("w/there"));
	assert_false(relocate_can_rename(tmp_path("w/here"), tmp_path("w/there")));
	shim_mount(NULL);
	assert_false(relocate_can_rename(tmp_path("w/here"), tmp_path("w/none")));
	assert_false(relocate_can_rename(tmp_path("w/none"), tmp_path("w/there")));
	assert_false(relocate_can_rename("/proc", tmp_path("w/there")));
}

static void test_names_beside(void **state)
{
	char *file = relocate_copy_beside("/a/b", false), *dir = relocate_copy_beside("/a/b", true);

	(void)state;
	assert_string_equal(file, "/a/b000.tmp");
	assert_string_equal(dir, "/a/b.tmp-000");
	free(file);
	free(dir);
}

static void test_full_disk(void **state)
{
	struct err e = ERR_INIT;
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_false(relocate_copy_write(fd, "x", 1, "NAME", &e));
	assert_string_equal(e.text, "write NAME: no space left on device");
	err_clear(&e);
	assert_true(relocate_copy_write(fd, "x", 0, "NAME", &e));
	assert_false(relocate_copy_bytes(-1, "FROM", fd, "TO", &e));
	assert_string_equal(e.text, "read FROM: bad file descriptor");
	err_clear(&e);
	close(fd);
	assert_false(relocate_copy(tmp_path("none"), tmp_path("copy"), &e));
	tmp_assert_err(&e, ERR_NOT_FOUND, "lstat %s/none: no such file or directory");
	err_release(&e);
}

/* Deeper than a tree of files ever is. */
static void test_deep(void **state)
{
	struct err e = ERR_INIT;
	int at;

	(void)state;
	reset();
	at = open(tmp_path("w/here"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < 1001; i++) {
		int next;

		assert_int_equal(mkdirat(at, "d", 0755), 0);
		next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = next;
	}
	close(at);
	assert_false(relocate_copy(tmp_path("w/here/d"), tmp_path("w/there/d"), &e));
	assert_int_equal(e.code, ERR_LIMIT);
	assert_false(fs_exists(tmp_path("w/there/d")));
	err_release(&e);
	assert_true(fs_remove_all(tmp_path("w/here/d"), NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moves),	   cmocka_unit_test(test_swaps),
		cmocka_unit_test(test_denied),	   cmocka_unit_test(test_no_exchange),
		cmocka_unit_test(test_can_rename), cmocka_unit_test(test_names_beside),
		cmocka_unit_test(test_full_disk),  cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
