// SPDX-License-Identifier: MIT
using System.IO;

namespace Hypervisor.Tool.Emulation;

/// <summary>UEFI for QEMU, from the distribution's package.</summary>
internal sealed record UefiFirmware(string Code, string Variables)
{
    private const string Folder = "/usr/share/OVMF";

    /// <summary>The firmware without secure boot; newer distributions have only the 4 MiB kind.</summary>
    public static UefiFirmware Find()
    {
        foreach (string size in new[] { "_4M", "" })
        {
            UefiFirmware found =
                new(Path.Combine(Folder, $"OVMF_CODE{size}.fd"), Path.Combine(Folder, $"OVMF_VARS{size}.fd"));
            if (File.Exists(found.Code) && File.Exists(found.Variables))
            {
                return found;
            }
        }

        throw new ToolException(
            "UEFI firmware for QEMU (package ovmf) is not installed; './build.sh setup' installs it.");
    }
}
