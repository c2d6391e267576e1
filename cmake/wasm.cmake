# The WebAssembly module. Measured choices are explained in docs/performance.md.

# em++ takes -Oz for "no inlining by the compiler"; INLINING_LIMIT=0 says that this is not meant. Without it, what is a load
# or a constant becomes a call of a function of libc++, and the module is larger and slower.
target_compile_options(llmproxy_flags INTERFACE
  -Oz -sINLINING_LIMIT=0 -flto -msimd128 -mbulk-memory -msign-ext -mnontrapping-fptoint)

# Renamed in Emscripten 3.1.25.
if(EMSCRIPTEN_VERSION VERSION_LESS 3.1.25)
  set(LLMPROXY_STACK -sTOTAL_STACK=262144)
else()
  set(LLMPROXY_STACK -sSTACK_SIZE=262144)
endif()

# Not to be compiled into calls of themselves.
set_source_files_properties(wasm/exports/libc.c PROPERTIES COMPILE_OPTIONS "-O3;-fno-builtin;-fno-lto")

function(llmproxy_link_module name)
  set_target_properties(${name} PROPERTIES SUFFIX .wasm)
  # --stack-first: a stack that overflows runs into address 0 and traps, instead of writing over data.
  # A function with one caller stays a function. Binaryen would put it into its caller, and all of the work on a
  # request into one function that the engine takes ten times as long to compile as its parts.
  # Across sources, LLVM puts a function into another only where that is shorter than the call.
  target_link_options(${name} PRIVATE
    -O3 -flto -fno-exceptions -fno-rtti --no-entry -sSTANDALONE_WASM=1 -sALLOW_MEMORY_GROWTH=1
    -Wl,-mllvm,-inline-threshold=-10
    -sBINARYEN_EXTRA_PASSES=--one-caller-inline-max-function-size=1 -sMALLOC=emmalloc
    -sINITIAL_MEMORY=1048576 -sMAXIMUM_MEMORY=100663296 ${LLMPROXY_STACK} -Wl,--stack-first)
endfunction()

function(llmproxy_add_module name core)
  add_executable(${name} wasm/exports/no_imports.c wasm/exports/libc.c)
  llmproxy_link_module(${name})
  target_link_libraries(${name} PRIVATE -Wl,--whole-archive ${core} -Wl,--no-whole-archive)
endfunction()

llmproxy_add_module(core llmproxy_core)

# The same with a trap that a request header springs: how the shim takes a dying instance can only be tested
# with one that dies.
llmproxy_add_core(llmproxy_core_with_trap)
target_compile_definitions(llmproxy_core_with_trap PRIVATE LLMPROXY_TRAP_FOR_TESTS)
llmproxy_add_module(core_with_trap llmproxy_core_with_trap)

# The JSON layer alone, for the vectors that its SIMD path is held to.
add_library(json_probe_objects STATIC tests/worker/json_probe.cpp)
target_include_directories(json_probe_objects PRIVATE wasm)
target_compile_options(json_probe_objects PRIVATE -fno-exceptions -fno-rtti)
target_link_libraries(json_probe_objects PUBLIC llmproxy_core)
add_executable(json_probe wasm/exports/no_imports.c)
set_target_properties(json_probe PROPERTIES SUFFIX .wasm)
target_link_libraries(json_probe PRIVATE -Wl,--whole-archive json_probe_objects -Wl,--no-whole-archive)
target_link_options(json_probe PRIVATE -O2 -fno-exceptions -fno-rtti --no-entry -sSTANDALONE_WASM=1 -sALLOW_MEMORY_GROWTH=1)

# The core with an empty translation, which the benchmark compares with.
# What the archive has is taken where it is missing: all but operation.cpp.
add_executable(floor
  wasm/exports/no_imports.c wasm/exports/libc.c tests/bench/empty_operation.cpp)
target_compile_options(floor PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti>)
llmproxy_link_module(floor)
target_link_libraries(floor PRIVATE -Wl,--undefined=lp_next,--undefined=lp_warm_up llmproxy_core)
