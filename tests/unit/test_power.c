/* Background work: off on battery; in a thread of its own. */
#include "unit.h"

#include <pthread.h>

#include "base/fs.h"
#include "base/power.h"
#include "tmpdir.h"

static void put(const char *file, const char *text)
{
	assert_true(fs_write_atomic(tmp_path(file), text, strlen(text), 0644, true, NULL));
}

static void battery_without_mains(void **state)
{
	(void)state;
	assert_false(power_on_battery(tmp_path("nothing")));
	put("p/BAT0/type", "Battery\n");
	put("p/BAT0/status", "Discharging\n");
	assert_true(power_on_battery(tmp_path("p")));
	put("p/AC/type", "Mains\n");
	put("p/AC/online", "0\n");
	assert_true(power_on_battery(tmp_path("p")));
	put("p/AC/online", "1\n");
	assert_false(power_on_battery(tmp_path("p")));
	put("p/AC/online", "0\n");
	put("p/BAT0/status", "Full\n");
	assert_false(power_on_battery(tmp_path("p")));
}

static pthread_t ran_on;

static void note_thread(void *ctx)
{
	ran_on = pthread_self();
	++*(int *)ctx;
}

static void runs_once_in_a_thread(void **state)
{
	int n = 0;

	(void)state;
	power_run_behind(note_thread, &n);
	assert_int_equal(n, 1);
	assert_false(pthread_equal(ran_on, pthread_self()));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(battery_without_mains),
		cmocka_unit_test(runs_once_in_a_thread),
	};
	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
