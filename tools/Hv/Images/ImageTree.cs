// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Hypervisor.Tool.Images;

/// <summary>
/// The files of a boot medium, laid out in a folder: the hypervisor and GRUB's menu under <c>/boot</c>, the config as
/// <c>/hypervisor.toml</c>, what the config names under <c>/guests</c>.
/// </summary>
internal static class ImageTree
{
    /// <summary>Lays the tree out in <paramref name="folder"/>, which is there and empty.</summary>
    public static void Stage(ImageRequest request, string folder)
    {
        string boot = Directory.CreateDirectory(Path.Combine(folder, "boot")).FullName;
        string grub = Directory.CreateDirectory(Path.Combine(boot, "grub")).FullName;
        string guests = Directory.CreateDirectory(Path.Combine(folder, "guests")).FullName;

        File.Copy(Require(request.Hypervisor, "the hypervisor; './build.sh build' makes it"),
            Path.Combine(boot, "hypervisor.elf"));
        File.Copy(Require(request.GrubConfig, "GRUB's menu"), Path.Combine(grub, "grub.cfg"));
        File.WriteAllText(Path.Combine(boot, "options.cfg"), OptionsText(request.Options));
        File.WriteAllText(Path.Combine(folder, "hypervisor.toml"), request.ConfigText, new UTF8Encoding(false));
        foreach ((string name, string source) in
            request.GuestFiles.OrderBy(static file => file.Key, StringComparer.Ordinal))
        {
            File.Copy(Require(source, "a guest's file"), Path.Combine(guests, name));
        }
    }

    /// <summary>
    /// The file that grub.cfg reads: the hypervisor's command line, as a person may edit it on a stick.
    /// </summary>
    private static string OptionsText(IEnumerable<string> options) =>
        $"# What the hypervisor gets on its command line.\nset options=\"{string.Join(' ', options)}\"\n";

    private static string Require(string path, string what) =>
        File.Exists(path) ? path : throw new ToolException($"{path} is not there ({what}).", ExitCode.Usage);
}
