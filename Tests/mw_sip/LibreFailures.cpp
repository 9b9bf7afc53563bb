#include "../Support/FailureInjector.h"

// libre takes all its objects through these; the linker leads the calls from its other files here (--wrap).
extern "C"
{
using DestroyHandler = void(void*);
void* __real_mem_alloc(size_t, DestroyHandler*);
void* __real_mem_zalloc(size_t, DestroyHandler*);
void* __real_mem_realloc(void*, size_t);
void* __real_mem_reallocarray(void*, size_t, size_t, DestroyHandler*);
void* __wrap_mem_alloc(size_t size, DestroyHandler* destroy);
void* __wrap_mem_zalloc(size_t size, DestroyHandler* destroy);
void* __wrap_mem_realloc(void* data, size_t size);
void* __wrap_mem_reallocarray(void* data, size_t count, size_t size, DestroyHandler* destroy);

void* __wrap_mem_alloc(size_t size, DestroyHandler* destroy)
{
    return mw::test::shouldFail(mw::test::Resource::libreMemory) ? nullptr : __real_mem_alloc(size, destroy);
}

void* __wrap_mem_zalloc(size_t size, DestroyHandler* destroy)
{
    return mw::test::shouldFail(mw::test::Resource::libreMemory) ? nullptr : __real_mem_zalloc(size, destroy);
}

void* __wrap_mem_realloc(void* data, size_t size)
{
    return mw::test::shouldFail(mw::test::Resource::libreMemory) ? nullptr : __real_mem_realloc(data, size);
}

void* __wrap_mem_reallocarray(void* data, size_t count, size_t size, DestroyHandler* destroy)
{
    return mw::test::shouldFail(mw::test::Resource::libreMemory) ? nullptr : __real_mem_reallocarray(data, count, size, destroy);
}
}
