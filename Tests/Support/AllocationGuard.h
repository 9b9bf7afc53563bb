#pragma once

#include <string>

/** Counts what must not happen in the audio region: memory taken or given back, locks, condition variables, system calls.

    Linking this into a test program interposes operator new and delete, malloc and its family, pthread_mutex_lock and
    trylock, pthread_cond_*, read, write, open, poll, nanosleep, clock_nanosleep, syscall (std::atomic's wait is a futex
    called through it) and fwrite (logging). A call counts only when mw::currentThreadRole() of the calling thread is
    ThreadRole::audioRegion, so everything else in the program goes on as ever.

    Sanitizer builds: the sanitizers own malloc and the condition variables, so there only operator new and delete, the
    mutexes and the system calls listed above (except syscall) are watched; with clang's statically linked runtimes,
    operator new and delete alone. hooksMalloc() and hooksLocks() say what this build watches. */
struct AudioRegionViolations
{
    /** Starts counting from zero. Nothing is counted before the first call. Any thread. */
    static void reset();

    /** Violations since reset(), of all threads. */
    static int count();

    /** Name of the function that was called first, "malloc" for example; empty when there was none. */
    static std::string first();

    /** Whether malloc, calloc, realloc, free, posix_memalign and pthread_cond_* are watched in this build. */
    static bool hooksMalloc();

    /** Whether mutexes and system calls are watched in this build. */
    static bool hooksLocks();
};
