// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>The real serial port of the console.</summary>
public enum HostConsole
{
    Com1,
    Com2,
}
