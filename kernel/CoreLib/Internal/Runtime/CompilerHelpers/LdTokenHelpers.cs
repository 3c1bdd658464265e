// SPDX-License-Identifier: MIT
namespace Internal.Runtime.CompilerHelpers;

/// <summary>What ilc calls by these names for typeof.</summary>
internal static unsafe class LdTokenHelpers
{
    internal static RuntimeTypeHandle GetRuntimeTypeHandle(MethodTable* table) => new((nint)table);

    // Array initialisers name their data by such a handle; the compiler then copies the data itself.
    internal static RuntimeFieldHandle GetRuntimeFieldHandle(nint signature) => default;

    internal static RuntimeMethodHandle GetRuntimeMethodHandle(nint signature) => default;

    internal static Type GetRuntimeType(MethodTable* table) => new RuntimeType(table);
}
