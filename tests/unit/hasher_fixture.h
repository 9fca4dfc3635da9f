/*
 * hasher_fixture.h - a directory as in tmpdir.h, and one hasher, for a group of tests.
 *
 *	return cmocka_run_group_tests(tests, hasher_setup, hasher_teardown);
 */
#ifndef MODSCOPE_HASHER_FIXTURE_H
#define MODSCOPE_HASHER_FIXTURE_H

#include "tmpdir.h"

#include "zip/hasher.h"

static struct hasher *hasher;

static inline int hasher_setup(void **state)
{
	hasher = hasher_new();
	return tmp_setup(state);
}

static inline int hasher_teardown(void **state)
{
	hasher_free(hasher);
	return tmp_teardown(state);
}

#endif
