/* Findings: their order, which merging keeps. */

#include "unit.h"

#include "base/finding.h"

static void add(struct findings *fs, enum finding_severity severity, const char *subject)
{
	finding_add(fs, severity, "cache/zip-modified", subject, "");
}

static void merges(void **state)
{
	struct arena a = ARENA_INIT;
	struct findings one = { .arena = &a }, two = { .arena = &a }, all = { 0 };

	(void)state;
	add(&one, FINDING_WARNING, "b");
	add(&one, FINDING_ERROR, "d");
	add(&two, FINDING_INFO, "a");
	add(&two, FINDING_ERROR, "c");
	add(&two, FINDING_WARNING, "e");
	findings_sort(&one);
	findings_sort(&two);
	findings_merge(&all, &one);
	assert_int_equal(all.n, 2);
	findings_merge(&all, &two);
	findings_merge(&all, &(struct findings){ 0 });
	assert_int_equal(all.n, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(all.items[i].subject, &"c\0d\0b\0e\0a"[2 * i]);
	findings_release(&all);
	findings_release(&one);
	findings_release(&two);
	arena_release(&a);
}

/* Errors as go 1.26 prints them, each with its gist. */
static const struct {
	const char *text, *gist;
} errors[] = {
	{ "a@v1.0.0 requires\n\tb@v2.0.0: reading http://p/b/@v/v2.0.0.mod: 404 Not Found\n\tserver response: not found: unknown revision",
	  "b@v2.0.0: reading http://p/b/@v/v2.0.0.mod: 404 Not Found" },
	{ "verifying a@v1.0.0: checksum mismatch\n\tdownloaded: h1:x=\n\tgo.sum:     h1:y=\n\nSECURITY ERROR\n"
	  "This download does NOT match an earlier download recorded in go.sum.\n\nFor more information, see 'go help module-auth'.",
	  "verifying a@v1.0.0: checksum mismatch" },
	{ "a@v1.0.0 requires\n\tb@v1.0.0: parsing go.mod:\n\tmodule declares its path as: c\n\t        but was required as: b",
	  "module declares its path as: c" },
	{ "m imports\n\ta tested by\n\ta.test imports\n\tx: package x is not in std (/go/src/x)\nnote: imported by a module that requires go 1.27",
	  "x: package x is not in std (/go/src/x)" },
	{ "a@v1.0.0: missing go.sum entry for go.mod file; to add it:\n\tgo mod download a",
	  "a@v1.0.0: missing go.sum entry for go.mod file" },
	{ "updates to go.mod needed; to update it:\n\tgo mod tidy", "updates to go.mod needed" },
	{ "m imports\n\tb/p: ambiguous import: found package b/p in multiple modules:\n\tb v1.0.0 (/b)\n\tb/p v1.0.0 (/p)",
	  "b/p: ambiguous import: found package b/p in multiple modules" },
	{ "inconsistent vendoring in /m:\n\ta@v1.0.0: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt\n\n"
	  "\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.",
	  "a@v1.0.0: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt" },
	{ "conflicting replacements for a:\n\t./x\n\t./y\nuse \"go work edit -replace a=[override]\" to resolve",
	  "conflicting replacements for a" },
	{ "cannot load module a listed in go.work file: errors parsing a/go.mod:\na/go.mod:3: unknown directive: x",
	  "a/go.mod:3: unknown directive: x" },
	{ "a@v1.0.0: invalid version: git ls-remote -q origin in /c: exit status 128:\n\tfatal: could not read Username\n"
	  "Confirm the import path was entered correctly.\nIf this is a private repository, see https://golang.org/doc/faq#git_https for additional information.",
	  "fatal: could not read Username" },
	{ "error reading go.mod: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod",
	  "error reading go.mod: missing module declaration" },
	{ "malformed go.sum:\n/m/go.sum:3: wrong number of fields 2\n",
	  "/m/go.sum:3: wrong number of fields 2" },
	{ "SECURITY ERROR\ngo.sum database server misbehavior detected!\n\nold database:\n\tgo.sum database tree\n\t2\n",
	  "go.sum database server misbehavior detected!" },
	{ "current directory is contained in a module that is not one of the workspace modules listed in go.work. You can add the module to the "
	  "workspace using:\n\tgo work use .",
	  "current directory is contained in a module that is not one of the workspace modules listed in go.work" },
	{ "module a listed in go.work file requires go >= 1.25, but go.work lists go 1.21; to update it:\n\tgo work use",
	  "module a listed in go.work file requires go >= 1.25, but go.work lists go 1.21" },
	{ "m imports\n\ta/p: missing go.sum entry for module providing package a/p (imported by m); to add:\n\tgo get m",
	  "a/p: missing go.sum entry for module providing package a/p (imported by m)" },
	{ "package m imports a/p from implicitly required module; to add missing requirements, run:\n\tgo get a/p@v1.0.0",
	  "package m imports a/p from implicitly required module" },
	{ "updates to go.mod needed, disabled by -mod=vendor\n\t(Go version in go.mod is at least 1.14 and vendor directory exists.)\n\tto update it:\n\tgo mod tidy",
	  "updates to go.mod needed, disabled by -mod=vendor" },
	{ "cannot find main module, but found .git/config in /m\n\tto create a module there, run:\n\tgo mod init",
	  "cannot find main module, but found .git/config in /m" },
	{ "m imports\n\ta/p: module a provides package a/p and is replaced but not required; to add it:\n\tgo get a/p",
	  "a/p: module a provides package a/p and is replaced but not required" },
	{ "verifying a@v1.0.0/go.mod: checksum mismatch\n\tdownloaded: h1:x=\n\tsum.golang.org: h1:y=\n\nSECURITY ERROR\nThis download does NOT match",
	  "verifying a@v1.0.0/go.mod: checksum mismatch" },
	{ "module paths beginning with gopkg.in/ must always have a major version suffix in the form of .vN:\n\tgo mod init gopkg.in/x.v1",
	  "module paths beginning with gopkg.in/ must always have a major version suffix in the form of .vN" },
	{ "a loaded from b@v1.0.0,\n\tbut go 1.16 would select v1.1.0\n\nTo upgrade to the versions selected by go 1.16:\n\tgo mod tidy -go=1.16",
	  "a loaded from b@v1.0.0" },
};

static void gist_of_go_errors(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(errors); i++)
		assert_string_equal(finding_gist(&a, errors[i].text), errors[i].gist);
	arena_release(&a);
}

static void gist_of_other_errors(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	assert_string_equal(finding_gist(&a, "one line"), "one line");
	assert_string_equal(finding_gist(&a, ""), "");
	assert_string_equal(finding_gist(&a, "a@v1 requires\n\tb@v2: not found\n"),
			    "b@v2: not found");
	assert_string_equal(
		finding_gist(&a, "errors parsing go.mod:\ngo.mod:3: first \ngo.mod:4: second"),
		"go.mod:3: first");
	assert_string_equal(finding_gist(&a, "ends with a colon:"), "ends with a colon");
	assert_string_equal(finding_gist(&a, "heading:\n\n"), "heading");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(merges),
					    cmocka_unit_test(gist_of_other_errors),
					    cmocka_unit_test(gist_of_go_errors) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
