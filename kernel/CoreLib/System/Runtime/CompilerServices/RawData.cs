// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>A view of any object as its bytes after the method table.</summary>
internal sealed class RawData
{
    internal byte Data;
}
