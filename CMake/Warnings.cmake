# Warnings are errors in our own code; JUCE, baresip and libre are system headers to us and keep theirs.
add_library(mw_warnings INTERFACE)
target_compile_options(mw_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Werror
    -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
    -Wcast-align -Wnull-dereference -Wdouble-promotion -Wformat=2 -Wimplicit-fallthrough -Wunused)

# GCC 12 sees overlapping copies in std::string's operator+ where there are none (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(mw_warnings INTERFACE -Wno-restrict)
endif()

# Clang takes `double { aFloat }`, by which this tree says that a promotion is meant, for one that is not.
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(mw_warnings INTERFACE -Wno-double-promotion)
endif()

# GCC's null-dereference and maybe-uninitialized analyses misfire inside instrumented or inlined library code.
if(MILLIWATT_SANITIZER)
    target_compile_options(mw_warnings INTERFACE -Wno-null-dereference)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(mw_warnings INTERFACE -Wno-maybe-uninitialized)
    endif()
endif()
