// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Hypervisor.Tool;

/// <summary>Where the things that the tool packs and reads lie in the work tree.</summary>
internal static class RepositoryPaths
{
    /// <summary>The root of the work tree: the folder above this program that holds build.sh.</summary>
    public static string Root { get; } = FindRoot();

    public static string Artifacts => Path.Combine(Root, "artifacts");

    public static string GrubConfig => Path.Combine(Root, "boot", "grub.cfg");

    /// <summary>The hypervisor as it goes on an image, of a configuration ("release" or "checked").</summary>
    public static string Hypervisor(string flavour) =>
        Path.Combine(Artifacts, "bin", "Hypervisor.Boot", flavour, "hypervisor.elf");

    /// <summary>The same ELF with symbols and line numbers, which lies beside it.</summary>
    public static string SymbolsOf(string hypervisor)
    {
        string symbols = Path.ChangeExtension(hypervisor, ".debug.elf");
        return File.Exists(symbols) ? symbols : hypervisor;
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "build.sh")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new ToolException("hv has to lie inside the project's work tree.");
    }
}
