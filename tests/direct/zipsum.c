/* zipsum REPOSITORY REVISION DIR PATH VERSION [OUT.zip]: prints the h1 of the module's zip, or an error. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "git/gitzip.h"

static bool sum_up(char sum[DIRHASH_LEN + 1], const struct gitzip *z, struct modver mod,
		   const char *out, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct modfiles m;
	int fd = -1;
	bool ok;

	if (out)
		fd = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ok = modfiles_check(&m, &a, gitzip_source(z), e) && modfiles_valid(&m, e);
	if (ok)
		ok = out ? modfiles_write(sum, fd, &m, mod, NULL, e)
			 : modfiles_hash(sum, &m, mod, NULL, e);
	if (out)
		close(fd);
	arena_release(&a);
	return ok;
}

int main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct gitrepo *r = NULL;
	struct gitrepo_commit *c;
	struct gitzip *z = NULL;
	char sum[DIRHASH_LEN + 1];
	bool ok;

	if (argc < 6)
		return 2;
	ok = gitrepo_open(&r, argv[1], &e) && gitrepo_find(&c, r, argv[2], &e) &&
	     gitzip_open(&z, r, c, argv[3], NULL, &e) &&
	     sum_up(sum, z, (struct modver){ argv[4], argv[5] }, argv[6], &e);
	printf("%s\n", ok ? sum : e.text);
	gitzip_free(z);
	gitrepo_free(r);
	err_release(&e);
	return !ok;
}
