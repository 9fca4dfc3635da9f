/* -overlay: what go's internal/fsys shows of files that are replaced, deleted or added, and its words about files that it refuses. */

#include "tmpdir.h"

#include <dirent.h>

#include "gofiles/overlay.h"

static const struct overlay *load(struct arena *a, const char *json, struct err *e)
{
	const struct overlay *o = NULL;

	tmp_write("overlay.json", json);
	return overlay_load(&o, a, tmp_path("overlay.json"), tmp_dir, e) ? o : NULL;
}

/* Each message was printed by go 1.26. */
static void refused(void **state)
{
	static const struct {
		const char *json, *want;
	} cases[] = {
		{ "[]", "json: cannot unmarshal array into Go value of type fsys.overlayJSON" },
		{ "\"x\"", "json: cannot unmarshal string into Go value of type fsys.overlayJSON" },
		{ "true", "json: cannot unmarshal bool into Go value of type fsys.overlayJSON" },
		{ "1.5", "json: cannot unmarshal number into Go value of type fsys.overlayJSON" },
		{ "{\"Replace\": []}",
		  "json: cannot unmarshal array into Go struct field overlayJSON.Replace of type map[string]string" },
		{ "{\"Replace\": \"x\"}",
		  "json: cannot unmarshal string into Go struct field overlayJSON.Replace of type map[string]string" },
		{ "{\"Replace\": {\"a\": {}}}",
		  "json: cannot unmarshal object into Go struct field overlayJSON.Replace of type string" },
		{ "{\"Replace\": {\"a\": false}}",
		  "json: cannot unmarshal bool into Go struct field overlayJSON.Replace of type string" },
		{ "{", "unexpected end of JSON input" },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = ERR_INIT;

		assert_null(load(&a, cases[i].json, &e));
		assert_string_equal(e.text,
				    arena_fmt(&a, "parsing overlay JSON: %s", cases[i].want));
		err_release(&e);
	}
	arena_release(&a);
}

static bool loads(struct arena *a, const char *json)
{
	struct err e = ERR_INIT;
	bool ok = load(a, json, &e) != NULL;

	if (!ok)
		print_error("%s: %s\n", json, e.text);
	err_release(&e);
	return ok;
}

/* go 1.26 says the same of these paths. */
static void names_that_clash(void **state)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_null(load(&a, "{\"Replace\": {\"x/a\": \"new\", \"x-1\": \"new\", \"x\": \"new\"}}",
			 &e));
	assert_string_equal(e.text, arena_fmt(&a, "inconsistent files %s and %s in overlay map",
					      tmp_path("x"), tmp_path("x/a")));
	err_clear(&e);
	assert_null(load(&a, "{\"Replace\": {\"\": \"new\"}}", &e));
	assert_string_equal(e.text, "empty string key in overlay map");
	err_clear(&e);
	assert_null(load(&a, "{\"Replace\": {\"a\": \"x\", \"./a\": \"y\"}}", &e));
	assert_string_equal(e.text, "duplicate paths ./a and a in overlay map");
	err_release(&e);
	assert_true(loads(&a, "{\"Replace\": {\"x/a\": \"\", \"x\": \"new\"}}"));
	assert_true(loads(&a, "{\"Replace\": {\"x/a\": null, \"x\": \"new\"}}"));
	assert_true(loads(&a, "{\"Replace\": {\"x/a\": \"new\", \"x\": \"\"}}"));
	assert_true(loads(&a, "{\"Replace\": {\"/\": \"new\", \"/a\": \"new\"}}"));
	assert_true(loads(&a, "{\"Replace\": {\"x.go\": \"new\", \"x/a\": \"new\", \"x\": \"\"}}"));
	arena_release(&a);
}

static void nothing_replaced(void **state)
{
	static const char *const documents[] = {
		"null",
		"{}",
		"{\"Replace\": null}",
		"{\"Replace\": {}}",
		"{\"Other\": {\"a\": \"b\"}}",
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		const struct overlay *o = load(&a, documents[i], NULL);

		assert_string_equal(overlay_actual(o, "/x/y"), "/x/y");
		assert_false(overlay_touches(o, "/"));
		assert_null(overlay_below(o, "/"));
	}
	assert_string_equal(overlay_actual(NULL, "/x/y"), "/x/y");
	assert_null(overlay_below(NULL, "/"));
	arena_release(&a);
}

static const char *names(struct arena *a, const struct overlay *o, const char *dir, struct err *e)
{
	struct fs_dirent *entries;
	const char *out = "";
	size_t n;

	if (!overlay_list(o, a, tmp_path(dir), 100, &entries, &n, e))
		return NULL;
	for (size_t i = 0; i < n; i++)
		out = arena_fmt(a, "%s%s%s%s", out, i ? " " : "", entries[i].name,
				entries[i].type == DT_DIR	? "/"
				: entries[i].type == DT_UNKNOWN ? "?"
								: "");
	return out;
}

static void seen(void **state)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	const struct overlay *o;
	char *data;
	size_t len;

	(void)state;
	tmp_mkdir("p/sub");
	tmp_mkdir("p/over");
	tmp_write("p/a.go", "a");
	tmp_write("p/b.go", "b");
	tmp_write("p/sub/s.go", "s");
	tmp_write("p/over/o.go", "o");
	tmp_write("new", "n");
	tmp_write("p-1", "");
	o = load(
		&a,
		"{\"Replace\": {\"p/a.go\": \"new\", \"p/b.go\": \"\", \"p/c.go\": \"new\", \"p/gone.go\": \"nowhere\","
		"\"p/sub/s.go\": \"\", \"p/over\": \"new\", \"p/deep/er/d.go\": \"new\", \"p/deep/er/e.go\": \"new\"}}",
		&e);
	assert_non_null(o);
	assert_string_equal(names(&a, o, "p", &e), "a.go c.go deep/ gone.go? over sub/");
	assert_string_equal(names(&a, o, "p/sub", &e), "");
	assert_string_equal(names(&a, o, "p/deep", &e), "er/");
	assert_string_equal(names(&a, o, "p/deep/er", &e), "d.go e.go");
	assert_null(names(&a, o, "p/over", &e));
	assert_string_equal(e.text, arena_fmt(&a, "read %s: not a directory", tmp_path("p/over")));
	err_clear(&e);
	assert_null(names(&a, o, "p/b.go", &e));
	assert_string_equal(e.text,
			    arena_fmt(&a, "read %s: file does not exist", tmp_path("p/b.go")));
	err_clear(&e);

	assert_true(overlay_is_file(o, tmp_path("p/a.go")));
	assert_true(overlay_is_file(o, tmp_path("p/over")));
	assert_false(overlay_is_file(o, tmp_path("p/b.go")));
	assert_false(overlay_is_file(o, tmp_path("p/deep")));
	assert_false(overlay_is_file(o, tmp_path("p/over/o.go")));
	assert_true(overlay_is_dir(o, tmp_path("p/deep")));
	assert_true(overlay_is_dir(o, tmp_path("p")));
	assert_false(overlay_is_dir(o, tmp_path("p/over")));
	assert_false(overlay_is_dir(o, tmp_path("p-1")));
	assert_true(overlay_touches(o, tmp_path("p/deep")));
	assert_false(overlay_touches(o, tmp_path("p-1")));
	assert_string_equal(overlay_below(o, tmp_path("p/deep")), tmp_path("p/deep/er/d.go"));
	assert_null(overlay_below(o, tmp_path("z")));
	assert_string_equal(overlay_actual(o, tmp_path("p/b.go")), "");

	assert_true(overlay_read(o, &a, tmp_path("p/a.go"), 10, &data, &len, NULL));
	assert_memory_equal(data, "n", 1);
	assert_false(overlay_read(o, &a, tmp_path("p/b.go"), 10, &data, &len, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	err_release(&e);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused),
		cmocka_unit_test(names_that_clash),
		cmocka_unit_test(nothing_replaced),
		cmocka_unit_test(seen),
	};

	return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
