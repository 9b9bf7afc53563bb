#include "RealTimeGuardHooks.h"

#include <cstdarg>
#include <stdio.h>
#include <syslog.h>

bool mw::test::guard::logsAreLinked() noexcept { return true; }

#if MW_GUARD_CALLS

MW_GUARD_FAILING_CALL(log, size_t, fwrite, (const void* bytes, size_t size, size_t count, FILE* file), (bytes, size, count, file),
                      mw::test::guard::isDiskFull(::fileno(file)), 0u)
MW_GUARD_CALL(log, int, fputs, (const char* text, FILE* file), (text, file))
MW_GUARD_CALL(log, int, puts, (const char* text), (text))
MW_GUARD_CALL(log, int, fputc, (int character, FILE* file), (character, file))
MW_GUARD_CALL(log, int, putc, (int character, FILE* file), (character, file))
MW_GUARD_CALL(log, int, putchar, (int character), (character))
MW_GUARD_CALL(log, void, perror, (const char* text), (text))
MW_GUARD_CALL(log, int, vprintf, (const char* format, va_list values), (format, values))
MW_GUARD_CALL(log, int, vfprintf, (FILE * file, const char* format, va_list values), (file, format, values))
MW_GUARD_CALL(log, int, vdprintf, (int fd, const char* format, va_list values), (fd, format, values))
MW_GUARD_CALL(log, void, vsyslog, (int priority, const char* format, va_list values), (priority, format, values))

// Where the compiler checks formats (_FORTIFY_SOURCE) it calls these instead.
MW_GUARD_CALL(log, int, __vprintf_chk, (int flag, const char* format, va_list values), (flag, format, values))
MW_GUARD_CALL(log, int, __vfprintf_chk, (FILE * file, int flag, const char* format, va_list values), (file, flag, format, values))

/** One that takes its values one by one: passed on to the one that takes a list. */
#define MW_GUARD_PRINT(Return, name, parameters, last, listName, listArguments) \
    MW_GUARD_DECLARE(log, Return, name, parameters);                            \
    Return guarded_##name parameters                                            \
    {                                                                           \
        mw::test::guard::note(call_##name);                                     \
        va_list values;                                                         \
        va_start(values, last);                                                 \
        const auto done = next_##listName.get() listArguments;                  \
        va_end(values);                                                         \
        return done;                                                            \
    }

MW_GUARD_PRINT(int, printf, (const char* format, ...), format, vprintf, (format, values))
MW_GUARD_PRINT(int, fprintf, (FILE * file, const char* format, ...), format, vfprintf, (file, format, values))
MW_GUARD_PRINT(int, dprintf, (int fd, const char* format, ...), format, vdprintf, (fd, format, values))
MW_GUARD_PRINT(int, __printf_chk, (int flag, const char* format, ...), format, __vprintf_chk, (flag, format, values))
MW_GUARD_PRINT(int, __fprintf_chk, (FILE * file, int flag, const char* format, ...), format, __vfprintf_chk,
               (file, flag, format, values))

MW_GUARD_DECLARE(log, void, syslog, (int priority, const char* format, ...));
void guarded_syslog(int priority, const char* format, ...)
{
    mw::test::guard::note(call_syslog);
    va_list values;
    va_start(values, format);
    next_vsyslog.get()(priority, format, values);
    va_end(values);
}

#endif
