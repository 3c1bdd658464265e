// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace Hypervisor.Unit.Offsets;

/// <summary>Numbers that assembly would share, for <see cref="OffsetsTests"/>.</summary>
[AssemblyOffsets("CONSTANT")]
public static class SampleConstants
{
    public const string NotANumber = "text";
    public const int Negative = -3;
    public const ulong KernelBase = 0xffff_ffff_8000_0000;
}
