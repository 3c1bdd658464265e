// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform.Acpi;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// Leads the board's interrupt wires to vectors of processors, by what the firmware says about the wiring. The two 8259
/// are silenced for good.
/// </summary>
public sealed class InterruptRouter
{
    private const ushort FirstCommand = 0x20;
    private const ushort SecondCommand = 0xa0;
    private const byte Initialize = 0x11;
    private const byte Mode8086 = 0x01;
    private const byte FirstLegacyVector = 0x20;

    private readonly InterruptTopology _topology;
    private readonly IoApic[] _controllers;

    public InterruptRouter(AddressSpace space, InterruptTopology topology)
    {
        _topology = topology;
        _controllers = new IoApic[topology.ControllerCount];
        for (int index = 0; index < _controllers.Length; index++)
        {
            IoApicDescription description = topology.Controllers[index];
            _controllers[index] = new IoApic(space, new HostPhysical(description.Address), description.FirstInterrupt);
        }

        if (topology.HasLegacyController)
        {
            SilenceLegacyControllers();
        }
    }

    /// <summary>
    /// Leads an ISA interrupt, 0..15, to a vector of a processor; false where it arrives at no controller.
    /// </summary>
    public bool TryRouteIsa(int irq, byte vector, uint apicId)
    {
        IsaOverride wiring = _topology.GetIsa(irq);
        return TryRoute(wiring.Interrupt, vector, apicId, wiring.IsLevelTriggered, wiring.IsActiveLow);
    }

    /// <summary>
    /// Makes an ISA interrupt, 0..15, an NMI of a processor; false where it arrives at no controller.
    /// </summary>
    public bool TryRouteIsaAsNmi(int irq, uint apicId)
    {
        uint interrupt = _topology.GetIsa(irq).Interrupt;
        IoApic? controller = Find(interrupt, apicId);
        controller?.Set(interrupt, new IoApicEntry { Delivery = IoApicEntry.NmiDelivery, Destination = (byte)apicId });
        return controller != null;
    }

    /// <summary>
    /// Leads an interrupt of the machine's count to a vector of a processor; false where no controller has it, or the
    /// processor's id is above 254, which an entry cannot name without interrupt remapping: 255 is all of them.
    /// </summary>
    public bool TryRoute(uint interrupt, byte vector, uint apicId, bool isLevelTriggered, bool isActiveLow)
    {
        IoApic? controller = Find(interrupt, apicId);
        controller?.Set(interrupt, new IoApicEntry
        {
            Vector = vector,
            IsLevelTriggered = isLevelTriggered,
            IsActiveLow = isActiveLow,
            Destination = (byte)apicId,
        });
        return controller != null;
    }

    /// <summary>Masks an ISA interrupt again.</summary>
    public void MaskIsa(int irq) => Mask(_topology.GetIsa(irq).Interrupt);

    /// <summary>Masks an interrupt of the machine's count.</summary>
    public void Mask(uint interrupt)
    {
        IoApic? controller = Find(interrupt);
        controller?.Set(interrupt, controller.Get(interrupt) with { IsMasked = true });
    }

    private IoApic? Find(uint interrupt, uint apicId) => apicId < byte.MaxValue ? Find(interrupt) : null;

    private IoApic? Find(uint interrupt)
    {
        foreach (IoApic controller in _controllers)
        {
            if (controller.Has(interrupt))
            {
                return controller;
            }
        }

        return null;
    }

    /// <summary>
    /// Moves both 8259 to vectors 0x20..0x2f, away from exceptions, and masks all inputs: a stray interrupt of
    /// theirs is then one that nobody serves.
    /// </summary>
    private static void SilenceLegacyControllers()
    {
        Initialise(FirstCommand, FirstLegacyVector, 4);
        Initialise(SecondCommand, FirstLegacyVector + 8, 2);
        Instructions.Out8(FirstCommand + 1, 0xff);
        Instructions.Out8(SecondCommand + 1, 0xff);
    }

    private static void Initialise(ushort command, byte firstVector, byte cascade)
    {
        Instructions.Out8(command, Initialize);
        Instructions.Out8((ushort)(command + 1), firstVector);
        Instructions.Out8((ushort)(command + 1), cascade);
        Instructions.Out8((ushort)(command + 1), Mode8086);
    }
}
