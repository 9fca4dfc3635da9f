/*
 * fuzzdir.h - the working directory of a fuzzer, in memory if possible; removed when the fuzzer ends.
 *
 *	static char root[FUZZDIR_LEN];
 *	if (!*root)
 *		fuzzdir_make(root);
 */
#ifndef MODSCOPE_FUZZDIR_H
#define MODSCOPE_FUZZDIR_H

#include <unistd.h>

#include "base/fs.h"

#define FUZZDIR_LEN 64

static char *fuzzdir_made;

static void fuzzdir_remove(void)
{
	fs_remove_all(fuzzdir_made, NULL);
}

/* One per fuzzer. */
static inline void fuzzdir_make(char root[FUZZDIR_LEN])
{
	snprintf(root, FUZZDIR_LEN, "%s/modscope-fuzz-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(root))
		abort();
	fuzzdir_made = root;
	atexit(fuzzdir_remove);
}

#endif
