/* Words for findings. */
#include "unit.h"

#include "texts/describe.h"
#include "texts/finding_kinds.h"

/* A group of findings is named for what it holds: "· 2 worth knowing" named nothing. */
static void each_group_has_a_name(void **state)
{
	static const enum finding_severity all[] = { FINDING_ERROR, FINDING_WARNING,
						     FINDING_UNKNOWN, FINDING_INFO };
	char area[32];

	(void)state;
	for (const struct finding_kind *k = finding_kinds; k->kind; k++) {
		const struct finding f = { .kind = k->kind };

		describe_finding_area(&f, area, sizeof(area));
		for (size_t i = 0; i < ARRAY_LEN(all); i++) {
			const char *one = describe_finding_group(area, all[i], 1);

			if (str_eq(one, describe_finding_group("none", all[i], 1)))
				fail_msg("%s with severity %s has no name", k->kind,
					 finding_severity_name(all[i]));
			assert_string_not_equal(one, describe_finding_group(area, all[i], 2));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_group_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
