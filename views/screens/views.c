#include "screens/views.h"

#define VIEW(name) extern const struct view_ops view_##name;
#include "screens/views.def"
#undef VIEW

const struct view_ops *const views_all[] = {
#define VIEW(name) &view_##name,
#include "screens/views.def"
#undef VIEW
	NULL,
};
