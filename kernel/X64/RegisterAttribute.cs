// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.X64;

/// <summary>
/// Makes a readonly partial struct the typed view of a hardware register: tools/Generators adds the field
/// <c>Value</c>, a constructor from the raw value, equality, and the bodies of the properties that are marked with
/// <see cref="BitAttribute"/> or <see cref="BitsAttribute"/>. Bits without a name keep their value through
/// <c>with</c>; the constant <c>DefinedBits</c> is the mask of those with one.
/// </summary>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class RegisterAttribute : Attribute
{
    /// <param name="rawType">The register's width: ulong, uint, ushort or byte.</param>
    public RegisterAttribute(Type rawType)
    {
        RawType = rawType;
    }

    /// <summary>The unsigned integer that holds the register.</summary>
    public Type RawType { get; }
}
