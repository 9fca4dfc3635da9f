/*
 * kept.h - proxies' answers, kept with their time in our own cache.
 *
 * This is the only place for answers that cannot be verified: the list of versions, the latest one, that a module does not exist, the
 * .info of a version, and a .mod without a known checksum. The key is who answered (a hop's URL as shown, or a whole
 * GOPROXY list), the module and the question ("list", "latest", "mod v1.2.3"). The user of an answer
 * decides how old it may be and shows its time. "Not found" is an answer, a failure is not.
 *
 * On disk all are in one file, DIR/all; each answer is appended:
 *
 *	modscope answer 2 SHA-256 LENGTH                   (of what follows)
 *	SECONDS PROXIES MODULE QUESTION found|absent       (separated by tabs)
 *	the bytes, or go's words for "not found"
 *
 * The last record for a key counts. Everything after a malformed record is ignored, and cut off by the next
 * write. The file is read when first needed and written under a lock, many answers at once, at the latest by
 * kept_close; any number of processes may share it. When most of it is outdated, it is rewritten without these records. Thread-safe.
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
	int64_t time; /* of the answer, seconds since 1970 */
	bool absent;  /* data is the reason */
	struct buf data;
};

struct kept *kept_open(const char *dir, struct activity *log);
void kept_close(struct kept *k);
/* False if there is none. */
bool kept_read(struct kept *k, const struct kept_key *key, struct kept_answer *a);
/* Best effort: failing to write the cache is not an error. */
void kept_write(struct kept *k, const struct kept_key *key, const struct kept_answer *a);

#endif
