/* What `env` says of a setting that makes go refuse to run, or changes what it does: what is called refused go 1.26 refuses. */
#include "cmdfix.h"

static const struct {
	const char *set, *says;
} rows[] = {
	{ "GO111MODULE=x", "GO111MODULE: go knows only on, off and auto, and refuses to run" },
	{ "GO111MODULE=off", "GO111MODULE: go works in GOPATH mode and refuses module commands" },
	{ "GO111MODULE=auto", "Modules are used if a go.mod is found." },
	{ "GOFLAGS=-mod=vendor",
	  "GOFLAGS: with -mod=vendor, builds use vendor/ and fail without it" },
	{ "GOFLAGS=-mod=mod",
	  "GOFLAGS: with -mod=mod, go list, go build and go test update go.mod" },
	{ "GOFLAGS=-modfile=x.mod",
	  "GOFLAGS: with -modfile, other files replace go.mod and go.sum" },
	{ "GOFLAGS=-modcacherw", "GOFLAGS: -modcacherw leaves extracted modules writable" },
	{ "GOFLAGS=-insecure", "GOFLAGS: go get refuses -insecure" },
	{ "GOTOOLCHAIN=bad", "GOTOOLCHAIN: go refuses to run: invalid GOTOOLCHAIN \"bad\"" },
	{ "GOTOOLCHAIN=path",
	  "If go.mod requires a newer toolchain, one in PATH is started instead." },
	{ "GOTOOLCHAIN=go1.99.0",
	  "GOTOOLCHAIN: go would start go1.99.0; what is shown here is go " },
	{ "GOWORK=rel", "GOWORK: invalid GOWORK: not an absolute path" },
	{ "GOWORK=/nonexistent/go.work", "GOWORK: the file does not exist: go refuses to run" },
	{ "GOWORK=off", "Workspaces are not used." },
	{ "GOWORK=auto", "A go.work here or further up would make a workspace; there is none." },
	{ "GOAUTH=off", "No credentials are sent." },
	{ "GOAUTH=git rel",
	  "GOAUTH: go refuses to ask any server: GOAUTH=git dir method requires an absolute path to the git working directory, dir is not absolute" },
	{ "GOAUTH=nosuch",
	  "GOAUTH: views, and commands that go does not have, run no command for credentials" },
	{ "GOVCS=*:all", "GOVCS: rarely used version control programs may run for any module" },
	{ "GOVCS=public:all",
	  "GOVCS: rarely used version control programs may run for any module" },
	{ "GOPRIVATE=*",
	  "GONOPROXY: no proxy is used: every module's own repository must be reachable" },
	{ "GOPRIVATE=a[b", "the pattern \"a[b\" matches no module: it is malformed" },
	{ "GOFIPS140=latest", "Which FIPS 140 module builds use." },
};

static void test_rows(void **state)
{
	struct fix *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *value = strchr(rows[i].set, '=') + 1,
			   *name = arena_strndup(&f->a, rows[i].set,
						 (size_t)(value - 1 - rows[i].set)),
			   *was = getenv(name) ? arena_strdup(&f->a, getenv(name)) : NULL;
		struct cmd_out o;

		setenv(name, value, 1);
		cmd_run(&o, (const char *const[]){ "env", "--all", NULL });
		if (o.status != 0 || !strstr(o.out.data, rows[i].says))
			fail_msg("%s: status %d, not \"%s\":\n%s", rows[i].set, o.status,
				 rows[i].says, o.out.data);
		cmd_release(&o);
		if (was)
			setenv(name, was, 1);
		else
			unsetenv(name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };

	return cmocka_run_group_tests(tests, cmd_setup, cmd_teardown);
}
