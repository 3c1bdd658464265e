// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace System.Runtime.CompilerServices;

/// <summary>Lies before a class's statics: the class constructor still to run, or zero.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StaticClassConstructionContext
{
    internal nint Constructor;
}
