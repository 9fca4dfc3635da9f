/*
 * kept.h - answers of proxies, kept with their time in our own cache.
 *
 * This is the one place for answers that nothing proves and that change: which versions there are, what is the latest, that there is no
 * such module. (The .info and .mod files of a version are kept apart, as files of a cache tree: source.h.)
 * An answer belongs to whom was asked (a hop's URL as it is shown, or a whole GOPROXY list), to the module and to the
 * question ("list", "latest", "mod v1.2.3"). It is as good as its age; who uses one says how old it may be, and tells
 * people as of when it is. "Not found" is an answer, failures are none.
 *
 * On disk: DIR/XX/REST, the name being the SHA-256 of the key, one file an answer:
 *
 *	modscope answer 1
 *	SHA-256 of what follows
 *	SECONDS PROXIES MODULE QUESTION found|absent       (with tabs between)
 *	the bytes, or go's words for "not found"
 *
 * A file that is not exactly so is no answer. Written by rename, so any number of programs may share the directory. Thread-safe.
 *
 *	struct kept_answer a = { .data = BUF_INIT };
 *	if (kept_read(dir, &(struct kept_key){ hop->shown, "example.com/a", "list" }, &a)) ...
 *	buf_release(&a.data);
 */
#ifndef MODSCOPE_KEPT_H
#define MODSCOPE_KEPT_H

#include "base/buf.h"

struct activity;

#define KEPT_FOLDER "answers" /* below our own cache */

struct kept_key {
	const char *proxies, *module, *question;
};

struct kept_answer {
	int64_t time; /* seconds since 1970, when it was given */
	bool absent;  /* data is why */
	struct buf data;
};

/* False if there is none. dir may be NULL: then nothing is kept. */
bool kept_read(const char *dir, const struct kept_key *k, struct kept_answer *a);
/* Best effort: a cache that cannot be written is no error. */
void kept_write(const char *dir, struct activity *log, const struct kept_key *k, const struct kept_answer *a);

#endif
