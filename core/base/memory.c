#include "base/memory.h"

#if defined(HAVE_MALLOPT) && defined(__GLIBC__)
#include <malloc.h>
#endif

void memory_trim(void)
{
#if defined(HAVE_MALLOPT) && defined(__GLIBC__)
	malloc_trim(0);
#endif
}
