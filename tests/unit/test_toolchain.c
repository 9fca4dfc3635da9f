/* Which go answers, and the error if none does: GOTOOLCHAIN and the lines of go.mod and go.work. */
#include "graph_fixture.h"

#include <sys/stat.h>

#ifdef __aarch64__
#define ARCH "arm64"
#else
#define ARCH "amd64"
#endif

static struct fixture *project(const char *toolchain, const char *proxy, const char *gomod)
{
	struct fixture *f = fixture_new();

	f->vars[8] = arena_fmt(&f->a, "GOTOOLCHAIN=%s", toolchain);
	if (*proxy)
		f->vars[1] = arena_fmt(&f->a, "GOPROXY=%s", proxy);
	fixture_gomod(f, gomod);
	return f;
}

static void fails(const char *toolchain, const char *gomod, const char *text)
{
	struct fixture *f = project(toolchain, "off", gomod);

	fixture_graph_fails(f, text);
	fixture_free(f);
}

static void answers(const char *toolchain, const char *gomod, const char *text)
{
	struct fixture *f = project(toolchain, "off", gomod);

	fixture_graph(f, text);
	fixture_free(f);
}

static void test_go_line(void **state)
{
	(void)state;
	fails("local", "module m\n\ngo 1.99.0\n",
	      "go.mod requires go >= 1.99.0 (running go 1.26.8; GOTOOLCHAIN=local)");
	fails("auto", "module m\n\ngo 1.99.0\n",
	      "download go1.99.0 for linux/" ARCH ": toolchain not available");
	fails("auto", "module m\n\ngo 1.99\n",
	      "download go1.99.0 for linux/" ARCH ": toolchain not available");
	fails("auto", "module m\n\ngo 1.99rc1\n",
	      "download go1.99rc1 for linux/" ARCH ": toolchain not available");
	fails("path", "module m\n\ngo 1.99 // why\n", "cannot find \"go1.99.0\" in PATH");
	fails("go1.26.8+path", "module m\n\ngo 1.99.0\n", "cannot find \"go1.99.0\" in PATH");
}

static void test_toolchain_line(void **state)
{
	(void)state;
	fails("path", "module m\n\ngo 1.26\n\ntoolchain   go1.99.0 // c\n",
	      "cannot find \"go1.99.0\" in PATH");
	fails("auto", "module m\n\ngo 1.26\n\ntoolchain go1.99.1\n",
	      "download go1.99.1 for linux/" ARCH ": toolchain not available");
	fails("auto", "module m\n\ngo 1.99.0\n\ntoolchain go1.99.1\n",
	      "download go1.99.1 for linux/" ARCH ": toolchain not available");
	fails("auto", "module m\n\ngo 1.26\n\ntoolchain go1.99\n",
	      "invalid toolchain: go1.99 is a language version but not a toolchain version (go1.99.x)");
	fails("auto", "module m\n\ngo 1.26\n\ntoolchain nonsense\n",
	      "invalid toolchain \"nonsense\" in go.mod");
	fails("auto", "module m\n\ngo 1.99.0\n\ntoolchain default\n",
	      "go.mod requires go >= 1.99.0 (running go 1.26.8; go.mod sets toolchain default)");
	answers("auto", "module m\n\ngo 1.26\n\ntoolchain go1.26.1\n",
		"m go@1.26\nm toolchain@go1.26.1\ngo@1.26 toolchain@go1.26\n");
	answers("local", "module m\n\ngo 1.26\n\ntoolchain go1.99.0\n",
		"m go@1.26\nm toolchain@go1.99.0\ngo@1.26 toolchain@go1.26\n");
	answers("go1.26.8+path", "module m\n\ngo 1.24\n\ntoolchain default\n",
		"m go@1.24\nm toolchain@go1.24\ngo@1.24 toolchain@go1.24\n");
}

static void test_named(void **state)
{
	(void)state;
	fails("go1.98.0", "module m\n\ngo 1.26\n",
	      "download go1.98.0 for linux/" ARCH ": toolchain not available");
	fails("go1.98.0+path", "module m\n\ngo 1.26\n\ntoolchain go1.99.0\n",
	      "cannot find \"go1.99.0\" in PATH");
	fails("go1.98.0+path", "module m\n\ngo 1.26\n", "cannot find \"go1.98.0\" in PATH");
	fails("rubbish", "module m\n\ngo 1.26\n", "invalid GOTOOLCHAIN \"rubbish\"");
	fails("go1.26.8+never", "module m\n\ngo 1.26\n",
	      "invalid GOTOOLCHAIN \"go1.26.8+never\": only version suffixes are +auto and +path");
}

/* An available newer go answers: its limits apply, and errors say what selected it. */
static void test_within_reach(void **state)
{
	struct fixture *f = project("path", "", "module m\n\ngo 1.99.0\n");

	(void)state;
	f->vars[6] = arena_fmt(&f->a, "PATH=%s/bin:/usr/local/go/bin:/usr/bin:/bin", f->dir);
	fixture_file(f, "bin/go1.99.0", "#!/bin/sh\n");
	assert_int_equal(chmod(arena_fmt(&f->a, "%s/bin/go1.99.0", f->dir), 0755), 0);
	fixture_open(f, MODPROJECT_GRAPH);
	if (!fixture_graph_text(f, NULL))
		fail_msg("%s", f->e.text);
	assert_string_equal(f->out.data, "m go@1.99.0\ngo@1.99.0 toolchain@go1.99.0\n");
	fixture_module(f, "d.test/new", "v1.0.0", "go 1.100.0\n");
	fixture_gomod(f, "module m\n\ngo 1.99.0\n\nrequire d.test/new v1.0.0\n");
	fixture_open(f, MODPROJECT_GRAPH);
	assert_false(fixture_graph_text(f, NULL));
	assert_string_equal(f->e.text,
			    "d.test/new@v1.0.0: module d.test/new@v1.0.0 requires go >= 1.100.0 "
			    "(running go 1.99.0; GOTOOLCHAIN=path; go.mod sets go 1.99.0)");
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_go_line),
		cmocka_unit_test(test_toolchain_line),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_within_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
