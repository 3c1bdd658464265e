// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Hypervisor.Runtime;

/// <summary>One row of the module header's table of sections, as ilc 10 emits it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ReadyToRunSection
{
    internal const int GcStatics = 201;
    internal const int EagerConstructors = 205;
    internal const int ModuleInitializers = 213;

    internal int Id;
    internal int Flags;
    internal byte* Start;
    internal byte* End;
}
