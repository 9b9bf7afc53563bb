# The SIP stack as one target, mw_sipstack: headers, libraries and the defines that its headers need.
#
#   MILLIWATT_SIP_STACK=pinned  (default) the three upstream archives that Debian carries, fetched through apt by
#                               Scripts/fetch-sip-stack, verified by SHA-256, built static as part of the normal build
#   MILLIWATT_SIP_STACK=system  libbaresip and libre from pkg-config: upstream 4.10
set(MILLIWATT_SIP_STACK "pinned" CACHE STRING "Where libre and baresip come from: pinned or system")
set_property(CACHE MILLIWATT_SIP_STACK PROPERTY STRINGS pinned system)
set(MILLIWATT_DOWNLOADS "${CMAKE_SOURCE_DIR}/build/downloads" CACHE PATH "Where fetched archives are kept, shared by all presets")

find_package(PkgConfig REQUIRED)
add_library(mw_sipstack INTERFACE)

# libre's struct layouts depend on these; they must be the ones its own build used.
target_compile_definitions(mw_sipstack INTERFACE HAVE_INTTYPES_H HAVE_STDBOOL_H HAVE_INET6)

function(mw_sipstack_pinned)
    include(ExternalProject)
    pkg_check_modules(MW_SIP_DEPS REQUIRED IMPORTED_TARGET openssl zlib opus spandsp)

    set(prefix ${CMAKE_BINARY_DIR}/sipstack)
    # libre counts on integers that wrap: a peer's timestamps overflow its jitter (rtp/source.c), and srtcp.c shifts ones into the
    # sign bit. The language leaves that undefined, this flag does not. Found by fuzzing.
    set(flags "-w -fwrapv")
    if(MILLIWATT_SANITIZER_FLAGS)
        list(JOIN MILLIWATT_SANITIZER_FLAGS " " flags)
        # libre's hash reads whole words beyond a string's end and masks them; with VALGRIND defined it keeps within bounds.
        set(flags "-w -fwrapv -g1 -DVALGRIND ${flags}")
    endif()
    if(MILLIWATT_SANITIZER STREQUAL "address")
        # libre counts its blocks, and tests compare. Not under ThreadSanitizer: the count's lock would order what must not need it.
        string(PREPEND flags "-DMEM_DEBUG=1 ")
    endif()
    # libre's makefile knows a compiler by the name it gives itself; behind the link "cc" it takes gcc for an unknown one and
    # builds for no architecture, without C11.
    file(REAL_PATH ${CMAKE_C_COMPILER} cc)
    if(cc MATCHES "/ccache$")
        # A PATH that begins with /usr/lib/ccache: behind that link stands the cache, not the compiler.
        find_program(MILLIWATT_CC cc PATHS /usr/bin /usr/local/bin NO_DEFAULT_PATH REQUIRED)
        file(REAL_PATH ${MILLIWATT_CC} cc)
    endif()
    if(MILLIWATT_CCACHE)
        set(cc "${MILLIWATT_CCACHE} ${cc}")
    endif()
    # RELEASE means -O3 and no debug output there (OPT_SPEED).
    cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
    set(make_common ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
        make -j${cores} RELEASE=1 "CC=${cc}" "EXTRA_CFLAGS=${flags}")

    file(CONFIGURE OUTPUT ${prefix}/flags CONTENT "${cc} ${flags}\n")

    macro(mw_sip_archive name file sha256)
        ExternalProject_Add(sip_${name}
            PREFIX ${prefix}/${name}
            DOWNLOAD_COMMAND ${CMAKE_SOURCE_DIR}/Scripts/fetch-sip-stack ${MILLIWATT_DOWNLOADS} ${file} ${sha256} <SOURCE_DIR>
                             ${mw_added_${name}}
            CONFIGURE_COMMAND ${CMAKE_COMMAND} -E true
            INSTALL_COMMAND ${CMAKE_COMMAND} -E true  # the default one would run "make install"
            BUILD_IN_SOURCE ON
            LOG_DIR ${prefix}/log LOG_BUILD ON LOG_MERGED_STDOUTERR ON LOG_OUTPUT_ON_FAILURE ON
            ${ARGN})
        ExternalProject_Add_StepDependencies(sip_${name} build ${prefix}/flags)
    endmacro()

    if("${prefix}" MATCHES "[ \t]")
        message(FATAL_ERROR "The SIP stack's Makefiles take no path with a blank, and this is one: ${prefix}\n"
                            "Build in another folder (cmake -B), or move the source to one.")
    endif()
    set(re_src ${prefix}/re/src/sip_re)
    set(rem_src ${prefix}/rem/src/sip_rem)
    set(baresip_src ${prefix}/baresip/src/sip_baresip)
    file(MAKE_DIRECTORY ${re_src}/include ${rem_src}/include ${baresip_src}/include)

    # A changed flag runs the build step again: from scratch, because make does not see flags. The step's log hides its command
    # from the generator, so the flags stand in a file that it depends on.
    set(make_re ${make_common})
    # Media sockets are read outside of libre's loop (MediaSockets). What that needs, libre has of itself in later versions only.
    set(added ${CMAKE_SOURCE_DIR}/CMake/libre/udp_recv_packet.c)
    set(mw_added_re src/udp/udp.c ${added})
    mw_sip_archive(re libre_2.0.1.orig.tar.gz 43aa439b96aff75fe5768b9f9d49dea97042e42e7647df47b345465763e2f7ed
        BUILD_COMMAND ${make_re} clean COMMAND ${make_re} libre.a
        BUILD_BYPRODUCTS ${re_src}/libre.a)
    ExternalProject_Add_StepDependencies(sip_re download ${added})

    set(make_rem ${make_common} LIBRE_MK=${re_src}/mk/re.mk LIBRE_INC=${re_src}/include)
    mw_sip_archive(rem rem_1.0.0.orig.tar.gz bcc91bb521fae183357fb422b00a3981477a22e99d3afe165c4ec50a6bbed9da
        BUILD_COMMAND ${make_rem} clean COMMAND ${make_rem} librem.a
        BUILD_BYPRODUCTS ${rem_src}/librem.a
        DEPENDS sip_re)

    set(make_baresip ${make_common} STATIC=yes USE_TLS=yes
        LIBRE_MK=${re_src}/mk/re.mk LIBRE_INC=${re_src}/include LIBRE_SO=${re_src}
        LIBREM_PATH=${rem_src} LIBREM_INC=${rem_src}/include LIBREM_SO=${rem_src}
        "MODULES=g711 g722 opus l16 srtp")
    mw_sip_archive(baresip baresip_1.1.0.orig.tar.gz f9230b27c4a62f31223847bc485c51f3d960f8a09f36998dedb73358e1784b4e
        BUILD_COMMAND ${make_baresip} clean COMMAND ${make_baresip} libbaresip.a
        BUILD_BYPRODUCTS ${baresip_src}/libbaresip.a
        DEPENDS sip_re sip_rem)

    add_dependencies(mw_sipstack sip_baresip)
    set(MILLIWATT_SIP_ARCHIVES ${re_src}/libre.a ${rem_src}/librem.a ${baresip_src}/libbaresip.a PARENT_SCOPE)
    target_include_directories(mw_sipstack SYSTEM INTERFACE
        ${re_src}/include ${rem_src}/include ${baresip_src}/include)
    target_link_libraries(mw_sipstack INTERFACE
        ${baresip_src}/libbaresip.a ${rem_src}/librem.a ${re_src}/libre.a
        PkgConfig::MW_SIP_DEPS resolv dl m pthread)
    target_compile_definitions(mw_sipstack INTERFACE MILLIWATT_STATIC_SIP_MODULES=1)
endfunction()

function(mw_sipstack_system)
    pkg_check_modules(MW_BARESIP REQUIRED IMPORTED_TARGET GLOBAL libbaresip)
    pkg_check_modules(MW_LIBRE REQUIRED IMPORTED_TARGET GLOBAL libre)
    pkg_check_modules(MW_SIP_DEPS REQUIRED IMPORTED_TARGET GLOBAL openssl zlib opus spandsp)
    if(MW_LIBRE_VERSION VERSION_LESS 4)
        message(FATAL_ERROR "libre ${MW_LIBRE_VERSION} (system) is too old: media sockets are read through its udp_recv_packet(). "
            "Leave MILLIWATT_SIP_STACK out, for the pinned libre 2.0.1 that this build adds that to, or install upstream 4.10 and begin in a new build folder")
    endif()
    message(STATUS "SIP stack: baresip ${MW_BARESIP_VERSION}, libre ${MW_LIBRE_VERSION} (system)")
    target_link_libraries(mw_sipstack INTERFACE PkgConfig::MW_BARESIP PkgConfig::MW_LIBRE PkgConfig::MW_SIP_DEPS
        resolv dl m pthread)
    # A baresip built STATIC carries its modules inside the library; any other keeps them in a folder beside it.
    execute_process(COMMAND ${CMAKE_NM} -A ${MW_BARESIP_LIBDIR}/libbaresip.a OUTPUT_VARIABLE symbols ERROR_QUIET)
    if(symbols MATCHES "D exports_g711")
        target_compile_definitions(mw_sipstack INTERFACE MILLIWATT_STATIC_SIP_MODULES=1)
    else()
        target_compile_definitions(mw_sipstack INTERFACE
            MILLIWATT_SIP_MODULE_PATH="${MW_BARESIP_LIBDIR}/baresip/modules")
    endif()
endfunction()

if(MILLIWATT_SIP_STACK STREQUAL "pinned")
    mw_sipstack_pinned()
elseif(MILLIWATT_SIP_STACK STREQUAL "system")
    mw_sipstack_system()
else()
    message(FATAL_ERROR "MILLIWATT_SIP_STACK is '${MILLIWATT_SIP_STACK}'; it must be pinned or system")
endif()
