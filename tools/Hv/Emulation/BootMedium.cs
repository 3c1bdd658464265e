// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.IO;
using Hypervisor.Tool.Configuration;
using Hypervisor.Tool.Images;

namespace Hypervisor.Tool.Emulation;

/// <summary>From a config to the image that boots it.</summary>
internal static class BootMedium
{
    /// <summary>Makes an ISO or a disk image of <paramref name="config"/>.</summary>
    /// <param name="config">A config; with errors too: the booted console lists them.</param>
    /// <param name="hypervisor">The hypervisor's ELF.</param>
    /// <param name="options">The hypervisor's command line.</param>
    /// <param name="disk">A disk image and not an ISO.</param>
    /// <param name="output">The image's path.</param>
    public static void Make(ConfigDocument config, string hypervisor, IReadOnlyList<string> options, bool disk,
        string output)
    {
        using var scratch = new TemporaryDirectory();
        string tree = Directory.CreateDirectory(scratch.File("tree")).FullName;
        ImageTree.Stage(
            new ImageRequest
            {
                Hypervisor = hypervisor,
                GrubConfig = RepositoryPaths.GrubConfig,
                ConfigText = config.Text,
                GuestFiles = config.GuestFiles(),
                Options = options,
            },
            tree);
        if (disk)
        {
            DiskImage.Write(tree, output, scratch.FullName);
        }
        else
        {
            IsoImage.Write(tree, output);
        }
    }
}
