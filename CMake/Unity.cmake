# A file of Source or Tests is mostly headers to a compiler: several together take a third of the time. OFF compiles each by itself,
# which is quicker while one file is being written, and finds what a file forgot to include.
option(MILLIWATT_UNITY "Compile the files of Source and Tests eight at a time" ON)

function(mw_compile_together target)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ${MILLIWATT_UNITY} UNITY_BUILD_BATCH_SIZE 8)
endfunction()
