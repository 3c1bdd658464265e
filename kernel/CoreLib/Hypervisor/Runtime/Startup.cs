// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace Hypervisor.Runtime;

/// <summary>
/// What the runtime needs before the first ordinary line of C#: the boot processor's context is loaded and allocation
/// works, nothing else. The caller of <see cref="Initialize"/> must not touch a static object reference before it.
/// </summary>
public static unsafe class Startup
{
    private const int HeaderSize = 16;
    private const int SectionCountOffset = 12;
    private const nint Uninitialized = 1;
    private const nint HasPreinitializedData = 2;

    private static bool s_sealed;

    internal static bool IsSealed => s_sealed;

    /// <summary>Makes the objects that hold static references and runs the eager class constructors.</summary>
    public static void Initialize()
    {
        RuntimeImports.SeedCookie();
        nint* end = RuntimeImports.ModulesEnd();
        for (nint* module = RuntimeImports.ModulesStart(); module < end; module++)
        {
            if (*module != 0)
            {
                InitializeModule((byte*)*module);
            }
        }
    }

    /// <summary>
    /// Runs every class constructor in the image that has not run yet. From then on all statics exist, and no code path
    /// allocates because it happens to be the first to touch a class.
    /// </summary>
    public static void RunAllClassConstructors()
    {
        int* end = RuntimeImports.ClassConstructorsEnd();
        for (int* context = RuntimeImports.ClassConstructorsStart(); context < end; context++)
        {
            ClassConstructorRunner.Run((StaticClassConstructionContext*)((byte*)context + *context));
        }
        s_sealed = true;
    }

    private static void InitializeModule(byte* header)
    {
        int count = *(ushort*)(header + SectionCountOffset);
        ReadyToRunSection* sections = (ReadyToRunSection*)(header + HeaderSize);
        InitializeSections(sections, count, ReadyToRunSection.GcStatics);
        InitializeSections(sections, count, ReadyToRunSection.EagerConstructors);
        InitializeSections(sections, count, ReadyToRunSection.ModuleInitializers);
    }

    private static void InitializeSections(ReadyToRunSection* sections, int count, int id)
    {
        for (int i = 0; i < count; i++)
        {
            if (sections[i].Id != id)
            {
                continue;
            }
            for (int* entry = (int*)sections[i].Start; entry < (int*)sections[i].End; entry++)
            {
                byte* target = Relative(entry);
                if (id == ReadyToRunSection.GcStatics)
                {
                    MakeStaticsObject((int*)target);
                }
                else
                {
                    ((delegate*<void>)target)();
                }
            }
        }
    }

    /// <summary>
    /// The block is {self-relative type with flags, self-relative initial data}; the object replaces it.
    /// </summary>
    private static void MakeStaticsObject(int* block)
    {
        nint tagged = (nint)Relative(block);
        if ((tagged & Uninitialized) == 0)
        {
            return;
        }
        MethodTable* type = (MethodTable*)(tagged & ~(Uninitialized | HasPreinitializedData));
        object statics = RuntimeImports.NewObject(type);
        if ((tagged & HasPreinitializedData) != 0)
        {
            // The data refers to frozen objects of the image only: no barrier needed.
            ref byte target = ref Unsafe.As<RawData>(statics).Data;
            SpanHelpers.Memmove(ref target, ref *Relative(block + 1), type->BaseSize - 16);
        }
        *(nint*)block = (nint)Unsafe.AsPointer(ref Unsafe.As<RawData>(statics).Data) - sizeof(nint);
    }

    private static byte* Relative(int* field) => (byte*)field + *field;
}
