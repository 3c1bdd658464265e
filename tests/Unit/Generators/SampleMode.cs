// SPDX-License-Identifier: MIT
namespace Hypervisor.Unit.Generators;

/// <summary>A field's values, for <see cref="SampleRegister"/>.</summary>
public enum SampleMode : byte
{
    Off = 0,
    Slow = 1,
    Fast = 3,
}
