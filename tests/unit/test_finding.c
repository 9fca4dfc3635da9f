/* Findings: the order in which they are shown, kept when lists are merged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "finding.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(merges) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
