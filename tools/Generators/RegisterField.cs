// SPDX-License-Identifier: MIT
namespace Hypervisor.Generators;

/// <summary>One named bit or field of a register.</summary>
internal sealed class RegisterField
{
    public RegisterField(string modifiers, string type, string name, int high, int low, bool isBit)
    {
        Modifiers = modifiers;
        Type = type;
        Name = name;
        High = high;
        Low = low;
        IsBit = isBit;
    }

    /// <summary>The property's modifiers as the source wrote them, <c>partial</c> included.</summary>
    public string Modifiers { get; }

    /// <summary>The property's type, fully qualified.</summary>
    public string Type { get; }

    public string Name { get; }

    public int High { get; }

    public int Low { get; }

    /// <summary>True for [Bit]: a bool.</summary>
    public bool IsBit { get; }

    public bool HasGet { get; set; }

    public bool HasInit { get; set; }

    /// <summary>The field's bits in the register.</summary>
    public ulong Mask => WidthMask << Low;

    /// <summary>The field's bits moved down to bit 0.</summary>
    public ulong WidthMask => ulong.MaxValue >> (63 - (High - Low));
}
