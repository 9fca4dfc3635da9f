/* Expectations: json.Unmarshal into a time.Time and Unix() of go, which accepts what time.Parse does. */
#include "unit.h"

#include "gofiles/rfc3339.h"

static const struct {
	const char *text;
	bool ok;
	int64_t seconds;
} cases[] = {
	{ "2024-01-02T03:04:05Z", true, 1704164645 },
	{ "1970-01-01T00:00:00Z", true, 0 },
	{ "2024-01-02T03:04:05.123Z", true, 1704164645 },
	{ "2024-01-02T03:04:05,5Z", true, 1704164645 },
	{ "2024-01-02T03:04:05.Z", false, 0 },
	{ "2024-01-02T03:04:05.5", false, 0 },
	{ "2024-01-02T03:04:05", false, 0 },
	{ "2024-01-02T03:04:05Zx", false, 0 },
	{ "2024-01-02T3:04:05Z", true, 1704164645 },
	{ "2024-01-02T03:4:05Z", false, 0 },
	{ "2024-01-02T03:04:5Z", false, 0 },
	{ "2024-01-02T24:00:00Z", false, 0 },
	{ "2024-01-02T23:60:00Z", false, 0 },
	{ "2024-01-02T23:59:60Z", false, 0 },
	{ "2024-02-29T00:00:00Z", true, 1709164800 },
	{ "2023-02-29T00:00:00Z", false, 0 },
	{ "2024-00-10T00:00:00Z", false, 0 },
	{ "2024-13-10T00:00:00Z", false, 0 },
	{ "2024-01-00T00:00:00Z", false, 0 },
	{ "2024-01-32T00:00:00Z", false, 0 },
	{ "2024-04-31T00:00:00Z", false, 0 },
	{ "2024-01-02T03:04:05+01:30", true, 1704159245 },
	{ "2024-01-02T03:04:05-01:30", true, 1704170045 },
	{ "2024-01-02T03:04:05+24:60", true, 1704074645 },
	{ "2024-01-02T03:04:05+25:00", false, 0 },
	{ "2024-01-02T03:04:05+00:61", false, 0 },
	{ "2024-01-02T03:04:05+ab:cd", false, 0 },
	{ "2024-01-02T03:04:05+0130", false, 0 },
	{ "2024-01-02T03:04:05+01:3", false, 0 },
	{ "2024-01-02T03:04:05+01:300", false, 0 },
	{ "2024-01-02T03:04:05+01-30", false, 0 },
	{ "2024-01-02 03:04:05Z", false, 0 },
	{ "2024-01-02t03:04:05Z", false, 0 },
	{ "2024-01-02T03:04:05z", false, 0 },
	{ "2024-1-02T03:04:05Z", false, 0 },
	{ "224-01-02T03:04:05Z", false, 0 },
	{ "+024-01-02T03:04:05Z", false, 0 },
	{ "0001-01-01T00:00:00Z", true, -62135596800 },
	{ "0000-01-01T00:00:00Z", true, -62167219200 },
	{ "9999-12-31T23:59:59Z", true, 253402300799 },
	{ "2024-01-02T:04:05Z", false, 0 },
	{ "2024-01-02T03-04:05Z", false, 0 },
	{ "2024-01-02T03:04:05.123456789012345678901234567890+01:00", true, 1704161045 },
	{ "", false, 0 },
	{ " 2024-01-02T03:04:05Z", false, 0 },
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t t = -1;
		bool ok = rfc3339_parse(cases[i].text, &t);

		if (ok != cases[i].ok)
			fail_msg("\"%s\": %s", cases[i].text, ok ? "accepted" : "refused");
		if (ok && t != cases[i].seconds)
			fail_msg("\"%s\": %lld instead of %lld", cases[i].text, (long long)t,
				 (long long)cases[i].seconds);
	}
}

static void test_nanos(void **state)
{
	static const struct {
		const char *text;
		int nanos;
	} fractions[] = {
		{ "2024-01-02T03:04:05Z", 0 },
		{ "2024-01-02T03:04:05.5Z", 500000000 },
		{ "2024-01-02T03:04:05,000000001+01:00", 1 },
		{ "2024-01-02T03:04:05.1234567899Z", 123456789 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fractions); i++) {
		int64_t t;
		int nanos = -1;

		assert_true(rfc3339_parse_nanos(fractions[i].text, &t, &nanos));
		assert_int_equal(nanos, fractions[i].nanos);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_parse),
					    cmocka_unit_test(test_nanos) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
