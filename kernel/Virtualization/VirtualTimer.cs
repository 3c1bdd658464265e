// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Virtualization;

/// <summary>
/// One alarm of a device. The device derives from it and is called back when the moment is due, with its VM's fault
/// boundary in place and interrupts enabled, never from an interrupt handler.
/// </summary>
public abstract class VirtualTimer : Alarm
{
}
