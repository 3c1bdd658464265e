// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>An interrupt on its way to local APICs: from an ICR, an I/O APIC's pin or a device's MSI.</summary>
public readonly struct ApicMessage
{
    /// <summary>The destination that means every processor in the 8-bit format.</summary>
    public const uint BroadcastDestination = 0xFF;

    /// <summary>The same in x2APIC mode's 32-bit format.</summary>
    public const uint BroadcastDestinationX2 = 0xFFFF_FFFF;

    public readonly byte Vector;
    public readonly ApicDeliveryMode Mode;
    public readonly bool IsLevel;
    public readonly bool IsLogical;
    public readonly uint Destination;
    public readonly bool IsBroadcast;

    public ApicMessage(
        byte vector, ApicDeliveryMode mode, bool isLevel, bool isLogical, uint destination, bool isBroadcast)
    {
        Vector = vector;
        Mode = mode;
        IsLevel = isLevel;
        IsLogical = isLogical;
        Destination = destination;
        IsBroadcast = isBroadcast;
    }

    /// <summary>
    /// A message-signalled interrupt: what a PCI device writes to 0xFEEx_xxxx (Intel SDM volume 3, section 11.11).
    /// </summary>
    public static ApicMessage FromMsi(ulong address, uint data)
    {
        uint destination = (uint)(address >> 12) & 0xFF;
        var mode = (ApicDeliveryMode)((data >> 8) & 7);
        bool isLogical = (address & 4) != 0;
        bool isLevel = (data & 0x8000) != 0;
        return new ApicMessage(
            (byte)data, mode, isLevel, isLogical, destination, destination == BroadcastDestination);
    }
}
