/*
 * scan_dirs - prints what core/packages/imports.c reads from directories, one line for each directory named on stdin, in the form
 * of scan_oracle.go. With -index by the rules of go's module index. Only for tests/oracle/imports.sh.
 */
#include "packages/imports.h"

static void print_list(const char *const *list, size_t n)
{
	putchar('\t');
	for (size_t i = 0; i < n; i++)
		printf("%s%s", i ? " " : "", list[i]);
}

int main(int argc, char **argv)
{
	enum imports_mode mode = argc > 1 && str_eq(argv[1], "-index") ? IMPORTS_INDEXED
								       : IMPORTS_PLAIN;
	char line[8192];

	while (fgets(line, sizeof(line), stdin)) {
		struct arena a = ARENA_INIT;
		struct imports_dir d;
		bool ok;

		line[strcspn(line, "\n")] = 0;
		ok = imports_scan_dir(&a, line, mode, &d, NULL);
		printf("%s\t%s", line, !ok ? "error" : d.no_go ? "nogo" : "go");
		print_list(d.imports, d.n_imports);
		print_list(d.tests, d.n_tests);
		putchar('\n');
		arena_release(&a);
	}
	return 0;
}
