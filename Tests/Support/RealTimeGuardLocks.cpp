#include "RealTimeGuardHooks.h"

#include <pthread.h>
#include <semaphore.h>

bool mw::test::guard::locksAreLinked() noexcept { return true; }

#if MW_GUARD_CALLS

MW_GUARD_CALL(lock, int, pthread_mutex_lock, (pthread_mutex_t * mutex), (mutex))
MW_GUARD_CALL(lock, int, pthread_mutex_trylock, (pthread_mutex_t * mutex), (mutex))
MW_GUARD_CALL(lock, int, pthread_mutex_timedlock, (pthread_mutex_t * mutex, const timespec* until), (mutex, until))
MW_GUARD_CALL(lock, int, pthread_rwlock_rdlock, (pthread_rwlock_t * lock), (lock))
MW_GUARD_CALL(lock, int, pthread_rwlock_wrlock, (pthread_rwlock_t * lock), (lock))
MW_GUARD_CALL(lock, int, pthread_rwlock_tryrdlock, (pthread_rwlock_t * lock), (lock))
MW_GUARD_CALL(lock, int, pthread_rwlock_trywrlock, (pthread_rwlock_t * lock), (lock))
MW_GUARD_CALL(lock, int, pthread_rwlock_timedrdlock, (pthread_rwlock_t * lock, const timespec* until), (lock, until))
MW_GUARD_CALL(lock, int, pthread_rwlock_timedwrlock, (pthread_rwlock_t * lock, const timespec* until), (lock, until))
MW_GUARD_CALL(lock, int, pthread_spin_lock, (pthread_spinlock_t * lock), (lock))
MW_GUARD_CALL(lock, int, pthread_spin_trylock, (pthread_spinlock_t * lock), (lock))
MW_GUARD_CALL(lock, int, sem_wait, (sem_t * semaphore), (semaphore))
MW_GUARD_CALL(lock, int, sem_trywait, (sem_t * semaphore), (semaphore))
MW_GUARD_CALL(lock, int, sem_timedwait, (sem_t * semaphore, const timespec* until), (semaphore, until))
MW_GUARD_CALL(lock, int, sem_post, (sem_t * semaphore), (semaphore))
MW_GUARD_CALL(lock, int, pthread_barrier_wait, (pthread_barrier_t * barrier), (barrier))

#if ! MW_GUARD_SANITIZED

MW_GUARD_CALL(lock, int, pthread_mutex_clocklock, (pthread_mutex_t * mutex, clockid_t clock, const timespec* until),
              (mutex, clock, until))
MW_GUARD_CALL(lock, int, pthread_once, (pthread_once_t * once, void (*run)()), (once, run))
MW_GUARD_CALL(lock, int, __cxa_guard_acquire, (void* guard), (guard))

// Two versions of each exist where the layout of condition variables was changed.
#if defined(__x86_64__)
 #define MW_GUARD_CONDITION_VERSION "GLIBC_2.3.2"
#else
 #define MW_GUARD_CONDITION_VERSION nullptr
#endif

#define MW_GUARD_CONDITION(name, parameters, arguments)                                                               \
    namespace                                                                                                         \
    {                                                                                                                 \
    constinit mw::test::guard::NextFunction<int parameters> next_##name { #name, MW_GUARD_CONDITION_VERSION };        \
    constexpr mw::test::RealTimeCall call_##name { mw::test::RealTimeKind::lock, #name };                             \
    }                                                                                                                 \
    extern "C" int guarded_##name parameters __asm__(#name);                                                          \
    int guarded_##name parameters                                                                                     \
    {                                                                                                                 \
        mw::test::guard::note(call_##name);                                                                           \
        return next_##name.get() arguments;                                                                           \
    }

MW_GUARD_CONDITION(pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t* mutex), (condition, mutex))
MW_GUARD_CONDITION(pthread_cond_timedwait, (pthread_cond_t * condition, pthread_mutex_t* mutex, const timespec* until),
                   (condition, mutex, until))
MW_GUARD_CONDITION(pthread_cond_signal, (pthread_cond_t * condition), (condition))
MW_GUARD_CONDITION(pthread_cond_broadcast, (pthread_cond_t * condition), (condition))
MW_GUARD_CALL(lock, int, pthread_cond_clockwait,
              (pthread_cond_t * condition, pthread_mutex_t* mutex, clockid_t clock, const timespec* until),
              (condition, mutex, clock, until))

#endif
#endif
