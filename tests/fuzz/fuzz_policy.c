/* Any bytes as .modscope: its rules and waivers are applied. Complaints name a line of the file. */
#include "audit/policy.h"
#include "memfile.h"

static const char *kind_at(size_t i)
{
	static const char *const kinds[] = { "cache/forged", "policy/forbidden", NULL };

	return kinds[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static const struct policy_module modules[] = {
	{ .path = "example.com/m",
	  .version = "",
	  .main = true,
	  .new_path = "",
	  .new_version = "",
	  .file = "go.mod",
	  .rationale = "",
	  .deprecation = "",
	  .why_unknown = "",
	  .licence = "",
	  .no_licence = "" },
	{ .path = "example.com/a",
	  .version = "v1.2.3",
	  .direct = true,
	  .line = 5,
	  .file = "go.mod",
	  .new_path = "../a",
	  .new_version = "",
	  .time = 1700000000,
	  .retracted = POLICY_YES,
	  .deprecated = POLICY_YES,
	  .rationale = "it loses data",
	  .deprecation = "use b",
	  .why_unknown = "",
	  .licence = "MIT OR Apache-2.0",
	  .no_licence = "" },
	{ .path = "example.com/b/v2",
	  .version = "v2.0.0-20240102030405-0123456789ab",
	  .line = 6,
	  .file = "go.mod",
	  .new_path = "",
	  .new_version = "",
	  .rationale = "",
	  .deprecation = "",
	  .why_unknown = "no server was asked",
	  .licence = "",
	  .no_licence = "no licence file" },
	{ .path = "example.com/c",
	  .version = "v3.0.0+incompatible",
	  .file = "go.mod",
	  .new_path = "example.com/d",
	  .new_version = "v1.0.0",
	  .retracted = POLICY_NO,
	  .deprecated = POLICY_NO,
	  .rationale = "",
	  .deprecation = "",
	  .why_unknown = "",
	  .licence = "BSD-3-Clause",
	  .no_licence = "" },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct policy_set set = { .gomod = "go.mod",
					.go_version = "1.24",
					.go_line = 3,
					.goproxy = "direct",
					.gosumdb = "off",
					.modules = modules,
					.n = ARRAY_LEN(modules) };
	struct arena a = ARENA_INIT;
	struct findings fs = { .arena = &a };
	struct policy p;
	struct memfile f;
	size_t lines = 1, n;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	memfile_open(&f, data, size);
	if (policy_read(&p, &a, f.path, &fs, NULL)) {
		for (size_t i = 0; i < fs.n; i++)
			check(fs.items[i].line >= 0 && (size_t)fs.items[i].line <= lines &&
			      *fs.items[i].cause);
		policy_asks_updates(&p);
		policy_asks_times(&p);
		policy_asks_licences(&p);
		policy_apply(&p, &set, 1795867200, &fs);
		n = fs.n;
		policy_waive(&p, 1795867200, kind_at, &fs);
		check(fs.n >= n);
	}
	memfile_close(&f);
	findings_release(&fs);
	arena_release(&a);
	return 0;
}
