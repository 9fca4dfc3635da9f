/*
 * kept.h - answers of proxies, kept with their time in our own cache.
 *
 * This is the one place for answers that nothing proves: which versions there are, what is the latest, that there is no such module, the
 * .info of a version, and a .mod that nobody vouches for. An answer belongs to whom was asked (a hop's URL as it is shown, or a whole
 * GOPROXY list), to the module and to the question ("list", "latest", "mod v1.2.3"). It is as good as its age; who uses
 * one says how old it may be, and tells people as of when it is. "Not found" is an answer, failures are none.
 *
 * On disk one file holds all, DIR/all; each answer is appended:
 *
 *	modscope answer 2 SHA-256 LENGTH                   (of what follows)
 *	SECONDS PROXIES MODULE QUESTION found|absent       (with tabs between)
 *	the bytes, or go's words for "not found"
 *
 * The last one of a question counts. What stands behind a record that is not exactly so is no answer, and goes with the next
 * writing. The file is read when it is first needed and written to under a lock, many answers at once, at the latest by
 * kept_close; any number of programs may share it. Where most of it is old answers, it is written anew without them. Thread-safe.
 *
 *	struct kept *kept = kept_open(dir, log);           // dir may be NULL: nothing is kept
 *	struct kept_answer a = { .data = BUF_INIT };
 *	if (kept_read(kept, &(struct kept_key){ hop->shown, "example.com/a", "list" }, &a)) ...
 *	buf_release(&a.data);
 *	kept_close(kept);
 */
#ifndef MODSCOPE_KEPT_H
#define MODSCOPE_KEPT_H

#include "base/buf.h"

struct activity;
struct kept;

#define KEPT_FOLDER "answers" /* below our own cache */

struct kept_key {
	const char *proxies, *module, *question;
};

struct kept_answer {
	int64_t time; /* seconds since 1970, when it was given */
	bool absent;  /* data is why */
	struct buf data;
};

struct kept *kept_open(const char *dir, struct activity *log);
void kept_close(struct kept *k);
/* False if there is none. */
bool kept_read(struct kept *k, const struct kept_key *key, struct kept_answer *a);
/* Best effort: a cache that cannot be written is no error. */
void kept_write(struct kept *k, const struct kept_key *key, const struct kept_answer *a);

#endif
