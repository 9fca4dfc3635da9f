/* Jobs, snapshots and watches: what the screen depends on. */

#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parts/job.h"
#include "parts/watch.h"

static bool make_number(struct job *j, void *arg, struct part **out, struct err *e)
{
	(void)e;
	for (int i = 0; i < 100; i++)
		job_progress(j, i, 100, "number");
	*out = part_new(REQUEST(PART_GRAPH));
	(*out)->data = arg;
	return true;
}

static bool failing(struct job *j, void *arg, struct part **out, struct err *e)
{
	(void)j, (void)arg, (void)out;
	return err_set(e, ERR_SYNTAX, "no good");
}

static bool spin(struct job *j, void *arg, struct part **out, struct err *e)
{
	atomic_bool *begun = arg;

	*out = part_new(REQUEST(PART_CACHE));
	atomic_store(begun, true);
	while (!cancel_is_set(job_cancel(j)))
		sched_yield();
	(void)e;
	return true;
}

static struct job_mail *wait_mail(struct jobs *js)
{
	for (;;) {
		struct job_mail *m = jobs_take_mail(js);

		if (m)
			return m;
		poll(&(struct pollfd){ .fd = jobs_fd(js), .events = POLLIN }, 1, 10000);
	}
}

static void test_part_arrives(void **state)
{
	struct jobs *js = jobs_new(2);
	int number = 5;
	struct job_mail *m;
	size_t progress = 0;

	(void)state;
	assert_true(jobs_start(js, &(struct job_spec){ REQUEST(PART_GRAPH), 1, make_number, &number,
						       NULL }));
	while ((m = wait_mail(js))->kind == JOB_PROGRESS) {
		assert_in_range(m->done, 0, 99);
		progress++;
		job_mail_free(m);
	}
	assert_int_equal(m->kind, JOB_DONE);
	assert_true(progress >= 1);
	assert_ptr_equal(m->part->data, &number);
	assert_int_equal(m->part->generation, 1);
	job_mail_free(m);
	assert_int_equal(jobs_pending(js), 0);
	jobs_free(js);
}

static void count_freed(void *arg)
{
	++*(int *)arg;
}

/* What a job is given is freed once, whether it ran or was not wanted; nothing is told to nobody. */
static void test_arguments(void **state)
{
	struct jobs *js = jobs_new(0); /* one thread */
	atomic_bool begun = false;
	int freed = 0;

	(void)state;
	assert_true(
		jobs_start(js, &(struct job_spec){ REQUEST(PART_CACHE), 1, spin, &begun, NULL }));
	while (!atomic_load(&begun))
		sched_yield();
	/* waits behind that */
	assert_true(jobs_start(js, &(struct job_spec){ REQUEST(PART_TIDY), 1, failing, &freed,
						       count_freed }));
	assert_false(jobs_start(js, &(struct job_spec){ REQUEST(PART_TIDY), 1, failing, &freed,
							count_freed }));
	assert_int_equal(freed, 1);
	assert_int_equal(jobs_pending(js), 2);
	jobs_free(js);
	assert_int_equal(freed, 2);
	jobs_free(NULL);
	job_mail_free(NULL);
	job_progress(NULL, 1, 2, "nobody");
	job_post_partial(NULL, part_new(REQUEST(PART_GRAPH)));
	assert_null(job_cancel(NULL));
	assert_null(job_keep_cancel(NULL));
}

static bool tell_nothing(struct job *j, void *arg, struct part **out, struct err *e)
{
	(void)arg, (void)out, (void)e;
	job_progress(j, 7, 9, NULL);
	return true;
}

static void test_no_subject(void **state)
{
	struct jobs *js = jobs_new(1);
	struct job_mail *m;

	(void)state;
	assert_true(jobs_start(js, &(struct job_spec){ NULL, 1, tell_nothing, NULL, NULL }));
	m = wait_mail(js);
	assert_int_equal(m->kind, JOB_PROGRESS);
	assert_string_equal(m->subject, "");
	assert_int_equal(m->done, 7);
	job_mail_free(m);
	m = wait_mail(js);
	assert_int_equal(m->kind, JOB_DONE);
	assert_null(m->part);
	job_mail_free(m);
	jobs_free(js);
}

static void test_failure_and_cancel(void **state)
{
	struct jobs *js = jobs_new(2);
	atomic_bool begun = false;
	struct job_mail *m;

	(void)state;
	jobs_start(js, &(struct job_spec){ REQUEST(PART_TIDY), 1, failing, NULL, NULL });
	m = wait_mail(js);
	assert_int_equal(m->kind, JOB_FAILED);
	assert_string_equal(m->err.text, "no good");
	job_mail_free(m);

	jobs_start(js, &(struct job_spec){ REQUEST(PART_CACHE), 1, spin, &begun, NULL });
	while (!atomic_load(&begun))
		sched_yield();
	assert_false(
		jobs_start(js, &(struct job_spec){ REQUEST(PART_CACHE), 1, spin, &begun, NULL }));
	jobs_cancel(js, REQUEST(PART_CACHE));
	m = wait_mail(js);
	assert_int_equal(m->kind, JOB_FAILED);
	assert_int_equal(m->err.code, ERR_CANCELLED);
	assert_null(m->part);
	job_mail_free(m);
	jobs_free(js);
}

static void test_newer_generation_cancels(void **state)
{
	struct jobs *js = jobs_new(2);
	atomic_bool begun = false, begun2 = false;
	struct job_mail *m;

	(void)state;
	jobs_start(js, &(struct job_spec){ REQUEST(PART_CACHE), 1, spin, &begun, NULL });
	while (!atomic_load(&begun))
		sched_yield();
	assert_true(
		jobs_start(js, &(struct job_spec){ REQUEST(PART_CACHE), 2, spin, &begun2, NULL }));
	m = wait_mail(js);
	assert_int_equal(m->generation, 1);
	assert_int_equal(m->err.code, ERR_CANCELLED);
	job_mail_free(m);
	/* freeing cancels the second and waits for it */
	jobs_free(js);
}

static void count_release(void *data)
{
	++*(int *)data;
}

static void test_snapshot_shares_parts(void **state)
{
	struct snapshot *a = snapshot_new(), *b, *c;
	struct part *p = part_new(REQUEST(PART_GRAPH)),
		    *q = part_new(REQUEST(PART_EXPLAIN, .module = "x"));
	int released = 0;

	(void)state;
	p->data = &released;
	p->release = count_release;
	q->needs = part_ref(p);
	b = snapshot_with(a, p);
	c = snapshot_with(b, q);
	assert_null(snapshot_part(a, REQUEST(PART_GRAPH)));
	assert_ptr_equal(snapshot_part(c, REQUEST(PART_GRAPH)), p);
	assert_ptr_equal(snapshot_part(c, REQUEST(PART_EXPLAIN, .module = "x")), q);
	assert_null(snapshot_part(c, REQUEST(PART_EXPLAIN, .module = "y")));
	snapshot_unref(a);
	snapshot_unref(b);
	assert_int_equal(released, 0);
	snapshot_unref(c);
	assert_int_equal(released, 1);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* Polling compares times, which on older kernels stay the same for some milliseconds: the directory gets one of its own. */
static void set_time(bool polling, const char *dir)
{
	static time_t t = 1000000000;
	const struct timespec times[2] = { { .tv_sec = t }, { .tv_sec = t } };

	t++;
	if (polling)
		assert_int_equal(utimensat(AT_FDCWD, dir, times, 0), 0);
}

static unsigned see(struct watch *w)
{
	unsigned tags = watch_take(w);

	return tags | watch_look(w);
}

static void check_watch(bool polling)
{
	char dir[] = "/tmp/modscope-watch-XXXXXX", *file, *other, *sub, *below;
	struct watch *w = watch_new(polling);

	assert_non_null(mkdtemp(dir));
	file = xasprintf("%s/go.mod", dir);
	other = xasprintf("%s/other", dir);
	sub = xasprintf("%s/sub", dir);
	below = xasprintf("%s/x", sub);
	assert_int_equal(mkdir(sub, 0777), 0);
	watch_begin(w);
	assert_true(watch_add(w, file, 1));
	assert_true(watch_add_dir(w, sub, 2));
	watch_end(w);
	assert_int_equal(see(w), 0);
	write_file(other, "x");
	assert_int_equal(see(w), 0);
	write_file(file, "module m\n");
	assert_int_equal(see(w), 1);
	assert_int_equal(see(w), 0);
	write_file(other, "module longer\n");
	assert_int_equal(rename(other, file), 0);
	assert_int_equal(see(w), 1);
	write_file(below, "x");
	set_time(polling, sub);
	assert_int_equal(see(w), 2);
	/* nothing is missed while the set of watched files changes */
	watch_begin(w);
	assert_true(watch_add_dir(w, sub, 4));
	write_file(file, "module again\n");
	assert_int_equal(see(w), 1);
	watch_end(w);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(see(w), 0);
	assert_int_equal(unlink(below), 0);
	set_time(polling, sub);
	assert_int_equal(see(w), 4);
	watch_begin(w);
	watch_end(w);
	rmdir(sub);
	assert_int_equal(see(w), 0);
	rmdir(dir);
	watch_free(w);
	free(file);
	free(other);
	free(sub);
	free(below);
}

/* Directories that come and go, as with go clean -modcache and a download. */
static void check_directories(bool polling)
{
	char dir[] = "/tmp/modscope-watch-XXXXXX", *sub, *moved, *file, *in_file;
	struct watch *w = watch_new(polling);

	assert_non_null(mkdtemp(dir));
	sub = xasprintf("%s/sub", dir);
	moved = xasprintf("%s/moved", dir);
	file = xasprintf("%s/list", sub);
	in_file = xasprintf("%s/list", moved);
	watch_begin(w);
	assert_true(watch_add_dir(w, sub, 1)); /* absent at the start */
	assert_true(watch_add(w, file, 2));
	watch_end(w);
	assert_int_equal(see(w), 0);
	for (int i = 0; i < 3; i++) { /* made and removed, more than once */
		assert_int_equal(mkdir(sub, 0777), 0);
		assert_int_equal(see(w), 1);
		assert_int_equal(see(w), 0);
		write_file(file, "x");
		set_time(polling, sub);
		assert_int_equal(see(w), 3);
		assert_int_equal(see(w), 0);
		unlink(file);
		rmdir(sub);
		assert_int_equal(see(w), 3);
		assert_int_equal(see(w), 0);
	}
	/* made again with its file between two looks */
	mkdir(sub, 0777);
	write_file(file, "x");
	assert_int_equal(see(w), 3);
	unlink(file);
	rmdir(sub);
	mkdir(sub, 0777);
	write_file(file, "other");
	set_time(polling, sub);
	assert_int_equal(see(w), 3);
	assert_int_equal(see(w), 0);
	/* renamed away: what happens there is not of interest; another in its place, as a mount would be */
	assert_int_equal(rename(sub, moved), 0);
	assert_int_equal(see(w), 3);
	assert_int_equal(see(w), 0);
	write_file(in_file, "longer than before");
	assert_int_equal(see(w), 0);
	mkdir(sub, 0777);
	assert_int_equal(see(w) & 1, 1);
	write_file(file, "new");
	set_time(polling, sub);
	assert_int_equal(see(w), 3);
	watch_free(w);
	unlink(file);
	rmdir(sub);
	unlink(in_file);
	rmdir(moved);
	rmdir(dir);
	free(sub);
	free(moved);
	free(file);
	free(in_file);
}

static void test_watch(void **state)
{
	(void)state;
	check_watch(false);
	check_watch(true);
	check_directories(false);
	check_directories(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_part_arrives),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_no_subject),
		cmocka_unit_test(test_failure_and_cancel),
		cmocka_unit_test(test_newer_generation_cancels),
		cmocka_unit_test(test_snapshot_shares_parts),
		cmocka_unit_test(test_watch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
