/*
 * modload_old.h - questions to a loader's project, for callers that have not been moved to modproject.h.
 */
#ifndef MODSCOPE_MODLOAD_OLD_H
#define MODSCOPE_MODLOAD_OLD_H

static inline const struct goenv *modload_env(const struct modload *ml)
{
	return modproject_env(modload_project(ml));
}
static inline struct source *modload_source(struct modload *ml)
{
	return modproject_source(modload_project(ml));
}
static inline struct gosum *modload_sums(struct modload *ml)
{
	return modproject_sums(modload_project(ml));
}
static inline enum modload_command modload_command(const struct modload *ml)
{
	return modproject_command(modload_project(ml));
}
static inline struct cancel *modload_cancel(const struct modload *ml)
{
	return modproject_cancel(modload_project(ml));
}
static inline size_t modload_mains(const struct modload *ml, const struct main_module **mains)
{
	return modproject_mains(modload_project(ml), mains);
}
static inline bool modload_is_main(const struct modload *ml, const char *path)
{
	return modproject_is_main(modload_project(ml), path);
}
static inline const struct main_module *modload_main(const struct modload *ml, const char *path)
{
	return modproject_main(modload_project(ml), path);
}
static inline const char *modload_cwd(const struct modload *ml)
{
	return modproject_cwd(modload_project(ml));
}
static inline const char *modload_find_root(struct modload *ml, const char *dir)
{
	return modproject_find_root(modload_project(ml), dir);
}
static inline const char *modload_short(struct modload *ml, const char *path)
{
	return modproject_short(modload_project(ml), path);
}
static inline const char *modload_gowork_file(const struct modload *ml)
{
	return modproject_gowork_file(modload_project(ml));
}
static inline const char *modload_gosum_file(const struct modload *ml)
{
	return modproject_gosum_file(modload_project(ml));
}
static inline const char *modload_go_version(const struct modload *ml)
{
	return modproject_go_version(modload_project(ml));
}
static inline const char *modload_local_version(const struct modload *ml)
{
	return modproject_local_version(modload_project(ml));
}
static inline size_t modload_tools(const struct modload *ml, const char *const **paths)
{
	return modproject_tools(modload_project(ml), paths);
}
static inline enum build_mod modload_build_mod(const struct modload *ml)
{
	return modproject_build_mod(modload_project(ml));
}
static inline bool modload_too_new(const struct modload *ml, const char *what, const char *go_version, struct err *e)
{
	return modproject_too_new(modload_project(ml), what, go_version, e);
}
static inline void modload_note_fatal(struct modload *ml, const struct err *e)
{
	modproject_note_fatal(modload_project(ml), e);
}
static inline const struct err *modload_fatal(const struct modload *ml)
{
	return modproject_fatal(modload_project(ml));
}
static inline struct modver modload_replacement(struct modload *ml, struct modver m)
{
	return modproject_replacement(modload_project(ml), m);
}
static inline struct modver modload_resolve(struct modload *ml, struct modver m)
{
	return modproject_resolve(modload_project(ml), m);
}
static inline const char *modload_dir_of(struct modload *ml, struct modver actual)
{
	return modproject_dir_of(modload_project(ml), actual);
}
static inline const struct map *modload_replaced_paths(const struct modload *ml)
{
	return modproject_replaced_paths(modload_project(ml));
}
static inline bool modload_is_excluded(const struct modload *ml, struct modver m)
{
	return modproject_is_excluded(modload_project(ml), m);
}
static inline const struct modulestxt *modload_vendor(const struct modload *ml)
{
	return modproject_vendor(modload_project(ml));
}
static inline const char *modload_vendor_dir(struct modload *ml, struct arena *a)
{
	return modproject_vendor_dir(modload_project(ml), a);
}
#define modload_message(ml, ...) modproject_message(modload_project(ml), __VA_ARGS__)

#endif
