/*
 * tagged.h - the module that a tag on a commit would publish: its zip, go.mod and API.
 *
 * The zip is the one that go makes from the commit (git/gitzip.h, zip/modfiles.h); nothing is checked out or written. Strings in
 * the arena. One thread.
 *
 *	struct tagged t;
 *	if (tagged_open(&t, &arena, repo, "HEAD", "sub", cancel, &e) && tagged_sum(sum, &t, mod, &e)) ...
 *	tagged_close(&t);			// before the repository
 */
#ifndef MODSCOPE_TAGGED_H
#define MODSCOPE_TAGGED_H

#include "git/gitrepo.h"
#include "git/gitzip.h"
#include "gofiles/gomod.h"
#include "packages/goapi.h"
#include "zip/modfiles.h"

struct tagged {
	struct arena *a;
	const struct cancel *cancel;
	const char *commit;	/* 40 digits */
	struct gitzip *zip;
	struct modfiles files;
	struct gomod *gomod;	/* NULL if there is no readable one */
	const char *license;	/* the name of a licence file at its root; "" */
};

bool tagged_open(struct tagged *t, struct arena *a, struct gitrepo *r, const char *revision, const char *dir,
		 const struct cancel *cancel, struct err *e);
void tagged_close(struct tagged *t);
/* The h1 of the zip. ERR_SYNTAX and ERR_LIMIT, in go's words, if go would refuse to make one. */
bool tagged_sum(char sum[DIRHASH_LEN + 1], const struct tagged *t, struct modver m, struct err *e);
/* go: the version that compiles. */
bool tagged_api(struct goapi *api, const struct tagged *t, const char *go, struct err *e);
/* A line of a .gitattributes file with an attribute that git archive honours and go does not: export-ignore, export-subst. */
struct tagged_attribute {
	const char *file;
	int line;
	const char *name;
};
bool tagged_attributes(const struct tagged *t, struct tagged_attribute **out, size_t *n, struct err *e);

#endif
