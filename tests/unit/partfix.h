/*
 * partfix.h - parts, made by jobs as the interactive program makes them, on the small project of cmdfix.h: example.com/other is replaced
 * there by the directory other, which has changed since the tag v1.0.1.
 *
 *	part_make_needed(js, l, &s, PART_TIDY);
 *	m = part_run(js, l, s, REQUEST(PART_TIDY));
 *	job_mail_free(m);
 */
#ifndef MODSCOPE_PARTFIX_H
#define MODSCOPE_PARTFIX_H

#include "cmdfix.h"

#include <poll.h>

#include "parts/load.h"

static inline struct job_mail *part_next_mail(struct jobs *js)
{
	for (;;) {
		struct job_mail *m = jobs_take_mail(js);

		if (m)
			return m;
		poll(&(struct pollfd){ .fd = jobs_fd(js), .events = POLLIN }, 1, 10000);
	}
}

/* Its last mail. */
static inline struct job_mail *part_run(struct jobs *js, struct load *l, const struct snapshot *s,
				const struct request *r)
{
	struct job_spec spec;
	struct job_mail *m;

	load_job(l, s, r, &spec);
	assert_true(jobs_start(js, &spec));
	while ((m = part_next_mail(js)), m->kind != JOB_DONE && m->kind != JOB_FAILED)
		job_mail_free(m);
	return m;
}

/* What a part needs, and what that needs. */
static inline void part_make_needed(struct jobs *js, struct load *l, struct snapshot **s, enum request_part id)
{
	for (int needed = 0; needed < PART_COUNT; needed++) {
		const struct request *r = REQUEST((enum request_part)needed);
		struct snapshot *next;
		struct job_mail *m;

		if (!(load_needs(id) & (1u << needed)) || snapshot_part(*s, r))
			continue;
		part_make_needed(js, l, s, (enum request_part)needed);
		m = part_run(js, l, *s, r);
		if (m->kind != JOB_DONE)
			fail_msg("part %d: %s", needed, m->err.text);
		next = snapshot_with(*s, m->part);
		m->part = NULL;
		job_mail_free(m);
		snapshot_unref(*s);
		*s = next;
	}
}

/* What a request asks for, in a test's messages. */
static inline void part_name(const struct request *r, struct buf *b)
{
	buf_clear(b);
	buf_addf(b, "%d: ", r->part);
	request_text(r, b);
}

/* For cmocka: *state is a struct fix. */
static inline int part_setup(void **state)
{
	struct fix *f;

	if (cmd_setup(state))
		return -1;
	f = *state;
	fix_write_str(
		"go.mod",
		"module example.com/main\n\ngo 1.20\n\nrequire (\n\texample.com/Upper v1.0.0\n"
		"\texample.com/other v0.1.0\n)\n\nreplace example.com/other => ./other\n");
	assert_true(fs_mkdir_all("other", NULL));
	fix_write_str("other/go.mod", "module example.com/other\n");
	fix_write_str("other/a.go", "package a\n");
	cmd_commit(f, "v1.0.1", 1700000100);
	fix_write_str("other/a.go", "package a\n\nfunc New() {}\n");
	return 0;
}

#endif
