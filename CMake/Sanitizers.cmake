# MILLIWATT_SANITIZER=address (with undefined), thread, or fuzzer: address and undefined with the coverage that libFuzzer
# follows (clang). Set for the whole build, third-party source included, because a half-instrumented program hides races and
# reports false ones. An unknown name or an unfit compiler stops the configuration.
set(MILLIWATT_SANITIZER "" CACHE STRING "Sanitizer for every target: empty, address, thread or fuzzer")
set_property(CACHE MILLIWATT_SANITIZER PROPERTY STRINGS "" address thread fuzzer)

set(MILLIWATT_SANITIZER_FLAGS "")
if(MILLIWATT_SANITIZER STREQUAL "address")
    # JUCE numbers its discrete channels beyond the named values of its enum, so that one check cannot stay.
    set(MILLIWATT_SANITIZER_FLAGS -fsanitize=address,undefined -fno-sanitize=enum -fno-sanitize-recover=undefined
        -fno-omit-frame-pointer)
elseif(MILLIWATT_SANITIZER STREQUAL "thread")
    set(MILLIWATT_SANITIZER_FLAGS -fsanitize=thread -fno-omit-frame-pointer)
elseif(MILLIWATT_SANITIZER STREQUAL "fuzzer")
    set(MILLIWATT_SANITIZER_FLAGS -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=enum
        -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
elseif(NOT MILLIWATT_SANITIZER STREQUAL "")
    message(FATAL_ERROR "MILLIWATT_SANITIZER is '${MILLIWATT_SANITIZER}'; it must be empty, address, thread or fuzzer")
endif()

if(MILLIWATT_SANITIZER_FLAGS)
    include(CheckCXXSourceCompiles)
    list(JOIN MILLIWATT_SANITIZER_FLAGS " " MILLIWATT_SANITIZER_FLAGS_STRING)
    set(CMAKE_REQUIRED_FLAGS "${MILLIWATT_SANITIZER_FLAGS_STRING}")
    check_cxx_source_compiles("int main() { return 0; }" MILLIWATT_SANITIZER_WORKS)
    unset(CMAKE_REQUIRED_FLAGS)
    if(NOT MILLIWATT_SANITIZER_WORKS)
        message(FATAL_ERROR "This compiler cannot link with ${MILLIWATT_SANITIZER_FLAGS_STRING}; install its sanitizer runtime")
    endif()
    add_compile_options(${MILLIWATT_SANITIZER_FLAGS} -g1)
    add_link_options(${MILLIWATT_SANITIZER_FLAGS})
endif()
