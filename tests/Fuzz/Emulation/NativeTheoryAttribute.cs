// SPDX-License-Identifier: MIT
using Xunit;

namespace Hypervisor.Fuzz.Emulation;

/// <summary>A theory that is about the processor itself, and skipped by name where it cannot be had.</summary>
internal sealed class NativeTheoryAttribute : TheoryAttribute
{
    public NativeTheoryAttribute()
    {
        if (NativeProcessor.Instance is null)
        {
            Skip = "takes Linux on x86-64 with FSGSBASE";
        }
    }
}
