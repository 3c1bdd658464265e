// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>Marks init accessors; known to the compiler by name.</summary>
public static class IsExternalInit
{
}
