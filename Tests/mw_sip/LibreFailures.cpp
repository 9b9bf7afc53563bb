#include "../Support/FailureInjector.h"

#include <cstddef>

// libre takes all its objects through these. Linked statically, the linker leads the calls from its other files here (--wrap);
// as a shared library it calls them through its table of symbols, in which the program's own come first.
#if MILLIWATT_SIP_STACK_SHARED
    #include <dlfcn.h>
    #define MW_WRAPPED(name) name
    #define MW_REAL(name) (*reinterpret_cast<decltype(&name)>(::dlsym(RTLD_NEXT, #name)))
#else
    #define MW_WRAPPED(name) __wrap_##name
    #define MW_REAL(name) __real_##name
#endif

extern "C"
{
using DestroyHandler = void(void*);

#if ! MILLIWATT_SIP_STACK_SHARED
void* __real_mem_alloc(size_t, DestroyHandler*);
void* __real_mem_zalloc(size_t, DestroyHandler*);
void* __real_mem_realloc(void*, size_t);
void* __real_mem_reallocarray(void*, size_t, size_t, DestroyHandler*);
#endif
void* MW_WRAPPED(mem_alloc)(size_t size, DestroyHandler* destroy);
void* MW_WRAPPED(mem_zalloc)(size_t size, DestroyHandler* destroy);
void* MW_WRAPPED(mem_realloc)(void* data, size_t size);
void* MW_WRAPPED(mem_reallocarray)(void* data, size_t count, size_t size, DestroyHandler* destroy);

void* MW_WRAPPED(mem_alloc)(size_t size, DestroyHandler* destroy)
{
    return mw::test::shouldFail(mw::test::Resource::libreMemory) ? nullptr : MW_REAL(mem_alloc)(size, destroy);
}

void* MW_WRAPPED(mem_zalloc)(size_t size, DestroyHandler* destroy)
{
    return mw::test::shouldFail(mw::test::Resource::libreMemory) ? nullptr : MW_REAL(mem_zalloc)(size, destroy);
}

void* MW_WRAPPED(mem_realloc)(void* data, size_t size)
{
    return mw::test::shouldFail(mw::test::Resource::libreMemory) ? nullptr : MW_REAL(mem_realloc)(data, size);
}

void* MW_WRAPPED(mem_reallocarray)(void* data, size_t count, size_t size, DestroyHandler* destroy)
{
    return mw::test::shouldFail(mw::test::Resource::libreMemory) ? nullptr : MW_REAL(mem_reallocarray)(data, count, size, destroy);
}
}
