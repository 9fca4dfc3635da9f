/* Findings: the order in which they are shown, kept when lists are merged. */

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

static void says_the_gist(void **state)
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
	assert_string_equal(finding_gist(&a, "ends with a colon:"), "ends with a colon:");
	assert_string_equal(finding_gist(&a, "heading:\n\n"), "heading:");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(merges),
					    cmocka_unit_test(says_the_gist) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
