// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Hypervisor.Tool.Images;

/// <summary>
/// An ISO that boots through BIOS and UEFI, from a drive or written to a stick as it is; GRUB's own tool lays it out.
/// </summary>
internal static class IsoImage
{
    private const string VolumeName = "HYPERVISOR";

    /// <summary>1 January 2026: the same input gives the same image, whatever the day.</summary>
    private const string SourceDate = "1767225600";

    /// <summary>
    /// Makes the ISO of the tree in <paramref name="folder"/>; the file appears only when it is whole.
    /// </summary>
    public static void Write(string folder, string output)
    {
        string unfinished = output + ".part";
        string modules = string.Join(' ', GrubModules.Menu.Concat(GrubModules.Iso));
        try
        {
            ExternalTool.Run(
                "grub-mkrescue",
                [
                    "-o", unfinished, $"--install-modules={modules}", "--fonts=", "--locales=", "--themes=", folder,
                    "--", "-volid", VolumeName,
                ],
                environment: new Dictionary<string, string> { ["SOURCE_DATE_EPOCH"] = SourceDate });
            File.Move(unfinished, output, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
